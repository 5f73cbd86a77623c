"""Three articles of an invented valley, two of them on one event, for tests of what is one story."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digest.store.models import Article

BRIDGE = (
    "The old toll bridge at Marrowgate was closed on Tuesday after engineers found cracks in two of its piers. "
    "Councillor Hanne Brook said the repair would take at least six weeks, and that buses would go by Callerby "
    "until then. Shopkeepers on the quay fear for their Christmas trade, and ask for a free ferry in the meantime."
)
BRIDGE_TOO = (
    "Marrowgate has lost its toll bridge for the winter: cracks in the piers, found by divers on Monday, are wider "
    "than was thought. Hanne Brook, who speaks for the council, promised buses by way of Callerby. Engineers want "
    "six weeks for the repair; shopkeepers on the quay want a ferry."
)
HARVEST = (
    "Growers in the Ashel valley expect the best apple harvest for twenty years, their association says. A mild "
    "spring and a wet June have made up for the hail of last year, and cider presses are working through the night."
)


def story(article: Article) -> int:
    """The id of the story that a stored article stands in by now."""
    article.refresh_from_db()
    assert article.story_id is not None
    return article.story_id
