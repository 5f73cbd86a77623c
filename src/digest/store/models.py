"""Where Django looks for models: it gathers every noun of the room."""

from digest.store.articles import Article, ArticleName, Revision, Story
from digest.store.audience import Request, Subscriber, Subscription, Suppression
from digest.store.editions import Consideration, Edition, Notice, Variant
from digest.store.feeds import Feed, Picture
from digest.store.install import Install
from digest.store.kin import Mark, Shaping, Tally, Traits
from digest.store.letters import Allowance, Click, Letter, Report, SendWindow
from digest.store.lines import SiteLine
from digest.store.people import SignInLink, User
from digest.store.posts import Post
from digest.store.tagging import TagVerdict
from digest.store.writing import Answer, Spending

__all__ = [
    "Allowance",
    "Answer",
    "Article",
    "ArticleName",
    "Click",
    "Consideration",
    "Edition",
    "Feed",
    "Install",
    "Letter",
    "Mark",
    "Notice",
    "Picture",
    "Post",
    "Report",
    "Request",
    "Revision",
    "SendWindow",
    "Shaping",
    "SignInLink",
    "SiteLine",
    "Spending",
    "Story",
    "Subscriber",
    "Subscription",
    "Suppression",
    "TagVerdict",
    "Tally",
    "Traits",
    "User",
    "Variant",
]
