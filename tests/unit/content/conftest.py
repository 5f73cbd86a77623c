"""A hostile article, invented articles and stories, and the folder of real inputs: for all rooms of the engine."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from digest.model import Article, Story, Tagged

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)

HOSTILE = """
<div class="sharedaddy sd-sharing"><ul><li><a href="#">Share on Example</a></li></ul></div>
<p class="has-drop-cap">The harbour council of Westerhaven voted on Tuesday to close the old ferry line,
ending a service that has carried workers across the bay since 1931.</p>
<p><a href="/pier.jpg"><img src="/pier.jpg" width="640" height="480"
alt="The pier at Westerhaven"></a><br>
The pier at Westerhaven, seen from the customs house<br>Photo: Mira Holt</p>
<p>Eleven members voted for the closure and four against it, council clerk Jonas Brandt said.
The council did not say what will become of the boats.</p>
<figure><img src="map.png"><figcaption>A map of the line. <span class="credit">Example
Atlas</span></figcaption></figure>
<p>Please donate your old tickets to the harbour museum, the mayor told a crowd at the pier, because
&ldquo;nothing else will remain.&rdquo;</p>
<blockquote><p>We have asked for a second reading of the budget, and we were refused it twice.</p></blockquote>
<p><strong>Related:</strong> <a href="/budget">What the harbour budget says</a></p>
<p>Opponents of the plan collected 4,200 signatures, more than a quarter of the town, in under three weeks.</p>
<ul><li>The first boat leaves at six in the morning.</li><li>The last one returns at midnight.</li></ul>
<p>The line will stop on 31 March. A bus over the northern bridge will take its place.</p>
<p><em>Correction: an earlier version of this article gave the wrong year of the line's opening.</em></p>
<p><em>Ada Quill is a senior reporter at the Westerhaven Courier and covers the coast.</em></p>
<p><strong>Are you a loyal reader of the Courier? Support our independent reporting with a one-time
or monthly donation. Your donation is tax-deductible.</strong></p>
<p class="tags">Tags: <a href="/tags/"></a>, <a href="/tags/"></a></p>
<p>The post <a href="/x">Ferry line closes</a> appeared first on <a href="/">Westerhaven Courier</a>.</p>
"""

VOTED = "The harbour council of Westerhaven voted on Tuesday to close the old ferry line"
COUNTED = "Eleven members voted for the closure and four against it, council clerk Jonas Brandt said."
TOLD = "Please donate your old tickets to the harbour museum, the mayor told a crowd at the pier,"

COMMENTS = """
<h3>2 Comments</h3><div><cite>Ferryman</cite> says:<p>This was to be expected, and nobody listened to
the crews.</p></div>
<div><cite>Lotte</cite> says:<p>Could you add a version that is easier to print, please?</p></div>
"""

MENU = "<ul>" + "".join(f'<li><a href="/t/{t}">{t}</a></li>' for t in ("Harbour", "Council", "Ferries")) + "</ul>"


@pytest.fixture
def hostile() -> str:
    """A feed's full content with everything around the text that a publisher's system puts there."""
    return HOSTILE


@pytest.fixture
def page() -> str:
    """The same article as a page, with menus, comments whose classes say nothing, and a head."""
    return f"""<!DOCTYPE html><html lang="en-GB"><head>
<title>Ferry line closes after 95 years | Westerhaven Courier</title>
<meta property="og:title" content="Ferry line closes after 95 years">
<meta property="og:site_name" content="Westerhaven Courier">
<meta property="og:description" content="The council votes to end a service that began in 1931.">
<meta property="og:image" content="/pier-large.jpg"><meta property="og:image:width" content="1200">
<meta property="article:tag" content="Harbour"><meta property="article:tag" content="Ferries">
<script type="application/ld+json">{{"@context": "https://schema.org", "@graph": [{{"@type": "NewsArticle",
"headline": "Ferry line closes", "datePublished": "2026-03-03T09:30:00+01:00", "keywords": "Council, harbour",
"author": [{{"@type": "Person", "name": "Ada Quill"}}],
"publisher": {{"name": "Westerhaven Courier"}}}}]}}</script></head>
<body class="single comments-open"><header><nav>{MENU}</nav></header><main><article>
<h1>Ferry line closes after 95 years</h1>
<p class="byline">By <a rel="author" href="/a">Ada Quill</a> | March 3, 2026</p>
<div class="entry-content">{HOSTILE}</div></article><section>{COMMENTS}</section></main>
<aside><h3>Topics</h3>{MENU}</aside><footer><p>© 2026 Westerhaven Courier</p></footer></body></html>"""


@pytest.fixture
def body() -> list[str]:
    """The paragraphs of the hostile article that are its text."""
    return [
        f"{VOTED}, ending a service that has carried workers across the bay since 1931.",
        f"{COUNTED} The council did not say what will become of the boats.",
        f"{TOLD} because “nothing else will remain.”",
        "We have asked for a second reading of the budget, and we were refused it twice.",
        "Opponents of the plan collected 4,200 signatures, more than a quarter of the town, in under three weeks.",
        "The first boat leaves at six in the morning.",
        "The last one returns at midnight.",
        "The line will stop on 31 March. A bus over the northern bridge will take its place.",
    ]


@pytest.fixture
def data() -> Path:
    """The folder of real inputs, named by DIGEST_TEST_DATA; the test is skipped where it is absent."""
    folder = os.environ.get("DIGEST_TEST_DATA", "")
    if not folder or not Path(folder).is_dir():
        pytest.skip("DIGEST_TEST_DATA names no folder")
    return Path(folder)


@pytest.fixture(scope="session")
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def article() -> Callable[..., Article]:
    """Make an article: its id, and whatever differs from a plain one; `hours` is its age."""

    def make(name: str, hours: float = 1.0, **fields: object) -> Article:
        plain: dict[str, object] = {
            "id": name,
            "source": "Example Times",
            "url": f"https://times.example/{name}",
            "title": f"Title{name} of{name} nothing{name}",
            "published": NOW - timedelta(hours=hours),
            "language": "en",
        }
        return Article(**{**plain, **fields})  # type: ignore[arg-type]

    return make


@pytest.fixture(scope="session")
def story(article: Callable[..., Article]) -> Callable[..., Story]:
    """Make a story: its id, its tags with their strength, and fields of its lead."""

    def make(name: str, tags: dict[str, float] | None = None, others: int = 0, **fields: object) -> Story:
        return Story(
            id=name,
            lead=article(name, **fields),
            others=tuple(article(f"{name}-{i}", source=f"Outlet {i}") for i in range(others)),
            tags=tuple(Tagged(tag=tag, strength=strength, why="") for tag, strength in (tags or {}).items()),
        )

    return make
