"""The values that flow through the house: frozen, typed, without behaviour that needs a database.

    Entry ─► Article ─► Story ─► Ranked ─► EditionStory ─► Edition ─► letter, posts, page

All instants are aware datetimes in UTC. All offsets are code points into `Article.text`. Languages are
BCP 47 tags, lower case ("en", "pt-br"); the empty string means unknown.

    source.py   what publishers give
    judged.py   what the content engine makes of it
    edition.py  what is shown
"""

from digest.model.edition import (
    Addition,
    Also,
    Amount,
    Appeal,
    Differing,
    Edition,
    EditionStory,
    Figure,
    Goal,
    Image,
    Machine,
    Post,
    Section,
    Window,
    Written,
)
from digest.model.judged import (
    Choice,
    Group,
    Origin,
    Ranked,
    Reason,
    SectionRule,
    Sentence,
    Skipped,
    Story,
    Tagged,
    TagRule,
    Update,
)
from digest.model.source import Article, Block, Direction, Entry, Label, Page, Picture, Rights

__all__ = [
    "Addition",
    "Also",
    "Amount",
    "Appeal",
    "Article",
    "Block",
    "Choice",
    "Differing",
    "Direction",
    "Edition",
    "EditionStory",
    "Entry",
    "Figure",
    "Goal",
    "Group",
    "Image",
    "Label",
    "Machine",
    "Origin",
    "Page",
    "Picture",
    "Post",
    "Ranked",
    "Reason",
    "Rights",
    "Section",
    "SectionRule",
    "Sentence",
    "Skipped",
    "Story",
    "TagRule",
    "Tagged",
    "Update",
    "Window",
    "Written",
]
