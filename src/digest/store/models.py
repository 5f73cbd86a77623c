"""Where Django looks for models: it gathers every noun of the room."""

from digest.store.articles import Article, ArticleName, Revision, Story
from digest.store.audience import Subscriber, Subscription, Suppression
from digest.store.editions import Consideration, Edition, Notice, Variant
from digest.store.feeds import Feed, Picture
from digest.store.install import Install
from digest.store.letters import Letter, SendWindow
from digest.store.people import SignInLink, User
from digest.store.posts import Post

__all__ = [
    "Article",
    "ArticleName",
    "Consideration",
    "Edition",
    "Feed",
    "Install",
    "Letter",
    "Notice",
    "Picture",
    "Post",
    "Revision",
    "SendWindow",
    "SignInLink",
    "Story",
    "Subscriber",
    "Subscription",
    "Suppression",
    "User",
    "Variant",
]
