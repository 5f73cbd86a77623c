"""The content engine alone, JSON lines in and JSON lines out: extract, summarise, tag, group, rank."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, TypeVar

import click

from digest.cli import rules
from digest.cli.lines import Line, Lines, put
from digest.cli.say import Say, instant
from digest.clock.now import now
from digest.model import Article, Page, Rights

RIGHTS: dict[str, Rights] = {"own": "own", "licensed": "licensed", "excerpt": "excerpt"}
_SHAPES = {
    "extract": (
        '{"id", "url", "html"}',
        '{"id", "title", "authors", "published", "language", "text", "blocks": [{"label", "text"}]}',
    ),
    "summarise": (
        '{"id", "title", "text" or "html", "language"?, "deck"?, "rights"?}',
        '{"id", "summary": [{"text", "start", "end"}]}',
    ),
    "tag": (
        '{"id", "title", "text" or "html", "deck"?, "categories"?, "publisher_tags"?, "keywords"?}',
        '{"id", "tags": [{"tag", "strength", "why", "place", "start", "end", "origin"}]}',
    ),
    "group": (
        '{"id", "title", "text", "source", "published", "language"?, "deck"?}',
        '{"id", "story", "duplicate_of"?, "why"}',
    ),
    "rank": (
        '{"id", "title", "text", "source", "published", "categories"?, "comments"?, "weight"?, "deck"?}',
        '{"id", "section", "position", "score", "reasons": [{"signal", "points"}], "story", "taken", "why"?}',
    ),
}
"""A line in and a line out of each command."""
Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def _shape(name: str) -> str:
    line, answer = _SHAPES[name]
    return f"\b\nin:  {line}\nout: {answer}"


def _file(command: Decorated) -> Decorated:
    kind = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)
    return click.argument("file", required=False, type=kind)(command)


@click.command("extract", epilog=_shape("extract"))
@_file
def extract_(file: Path | None) -> None:
    """Read articles out of pages.

    Captions, bios, appeals, comments and menus are told apart from the text and left out of it. Reads JSON lines from
    FILE or standard input, and answers each with a line.
    """
    from digest.content.page.extract import read_page

    def answer(line: Line) -> dict[str, Any]:
        page = read_page(line.text("html", needed=True), line.text("url"))
        return {
            "title": page.title,
            "authors": list(page.authors),
            "published": instant(page.published),
            "language": page.language,
            "text": page.text,
            "blocks": [{"label": block.label, "text": block.text} for block in page.blocks],
        }

    lines = Lines(file)
    lines.answer(answer)
    lines.finish()


@click.command("summarise", epilog=_shape("summarise"))
@_file
@click.option("--sentences", type=click.IntRange(1, 20), default=3, show_default=True, help="At most so many.")
@click.option("--words", type=click.IntRange(1, 1000), default=90, show_default=True, help="At most so many in all.")
def summarise_(file: Path | None, sentences: int, words: int) -> None:
    """Sum articles up in sentences of their own.

    Reads JSON lines from FILE or standard input, and answers each with a line. Offsets count code points of "text";
    where "html" was given, the answer carries the text it was read to. They are null for words of the publisher's
    own summary ("deck") that do not stand in the text.
    """
    from digest.content.summary.summarise import summarise
    from digest.content.text.language import detect

    def answer(line: Line) -> dict[str, Any]:
        title, deck, language = line.text("title"), line.text("deck"), line.text("language")
        if line.has("html") and not line.has("text"):
            page = _page(line.text("html"), line.text("url"), title)
            title, deck, language, text = title or page.title, deck or page.deck, language or page.language, page.text
            more = {"text": text}
        else:
            text, more = line.text("text", needed=True), {}
            language = language or detect(text or title)
        found = summarise(
            title,
            text,
            deck=deck,
            language=language,
            rights=line.one_of("rights", RIGHTS, "own"),
            sentences=sentences,
            words=words,
        )
        return {"summary": [asdict(sentence) for sentence in found], **more}

    lines = Lines(file)
    lines.answer(answer)
    lines.finish()


@click.command("tag", epilog=_shape("tag"))
@_file
@click.pass_obj
def tag_(say: Say, file: Path | None) -> None:
    """Tag articles by the vocabulary, and say why.

    Reads JSON lines from FILE or standard input, and answers each with a line. The vocabulary is the home's
    config/tags.toml, else the one that comes with the program. Offsets count code points of the "title", the "deck"
    or the "text", as "place" says; they are null for tags that come from elsewhere, as "origin" says. Where "html" was
    given, the page's own tags and keywords count too, and the answer carries the text it was read to.
    """
    from digest.content.rules import tag_rules
    from digest.content.tags.vocabulary import Vocabulary

    vocabulary = Vocabulary(tag_rules(rules.config(say.home)))

    def answer(line: Line) -> dict[str, Any]:
        title, text, deck = line.text("title"), line.text("text"), line.text("deck")
        shown, keywords = line.texts("publisher_tags"), line.texts("keywords")
        more = {}
        if line.has("html") and not line.has("text"):
            page = _page(line.text("html"), line.text("url"), title)
            title, text, deck, more = title or page.title, page.text, deck or page.deck, {"text": page.text}
            shown, keywords = shown or page.tags, keywords or page.keywords
        found = vocabulary.tag(title, text, line.texts("categories"), deck=deck, publisher=shown, metadata=keywords)
        return {"tags": [asdict(tagged) for tagged in found], **more}

    lines = Lines(file)
    lines.answer(answer)
    lines.finish()


@click.command("group", epilog=_shape("group"))
@_file
def group_(file: Path | None) -> None:
    """Put articles on one event together.

    Reads all JSON lines from FILE or standard input, then answers each with a line, in their order. Equal "story"
    means one event; it is the id of the article that tells it best. "duplicate_of" names the article whose text this
    one repeats.
    """
    from digest.content.stories.grouping import group

    lines = Lines(file)
    read = lines.collect(_article)
    given = {article.id: identity for identity, article in read}
    answers: dict[str, dict[str, Any]] = {}
    for found in group([article for _, article in read]):
        for member in found.members:
            answers[member] = {"story": given[found.lead], "why": found.why}
        for copy, original in found.duplicates:
            answers[copy]["duplicate_of"] = given[original]
    for identity, article in read:
        put({"id": identity, **answers[article.id]})
    lines.finish()


@click.command("rank", epilog=_shape("rank"))
@_file
@click.option("--at", "at", metavar="TIME", help="The present of the ranking (default: now).")
@click.option("--newsletter", "name", metavar="NAME", help="Whose sections and weights (default: the first one's).")
@click.pass_obj
def rank_(say: Say, file: Path | None, at: str | None, name: str | None) -> None:
    """Rank articles as a newsletter would, and say why.

    Reads all JSON lines from FILE or standard input, groups and tags them, then answers each with a line, in their
    order. The rules are the home's config/, else those that come with the program. "position" counts from 1 within
    the section, before caps and minima; all articles of a story share its place. An article that no section takes
    has null for both. "taken" says whether an edition made of these lines would carry its story; where not, "why", by
    which "rule", and what it would have "needed". Comments count beside the source's median where at least five of its
    lines give theirs.
    """
    from digest.content.choice.choose import choose
    from digest.content.choice.places import places
    from digest.content.choice.prior import usual_comments
    from digest.content.choice.rank import DEFAULT_WEIGHTS, Context
    from digest.content.rules import section_rules, tag_rules
    from digest.content.stories.grouping import group
    from digest.content.tags.vocabulary import Vocabulary
    from digest.edition.compose import stories

    config = rules.config(say.home)
    newsletter = rules.newsletter(config, name)
    vocabulary = Vocabulary(tag_rules(config))
    lines = Lines(file)
    read = lines.collect(_article)
    articles = {article.id: article for _, article in read}
    groups = [replace(found, story=found.lead) for found in group(list(articles.values()))]
    told = stories(groups, articles, lambda a: vocabulary.tag(a.title, a.text, a.categories, a.tags, deck=a.deck))
    terms: dict[str, Any] = {
        "now": rules.time(at, config) if at else now(),
        "weights": {**DEFAULT_WEIGHTS, **newsletter.weights},
        "context": Context(comments=usual_comments(((a.source, a.comments) for a in articles.values()), least=5)),
    }
    sections = section_rules(newsletter)
    standing = places(told, sections, **terms)
    made = choose(told, sections, maximum=newsletter.maximum, per_source=newsletter.per_source, **terms)
    skipped = {one.story: one for one in made.skipped}
    story_of = {member: found.story for found in groups for member in found.members}
    given = {article.id: identity for identity, article in read}
    for identity, article in read:
        story = story_of[article.id]
        place = standing.get(story)
        answer: dict[str, Any] = {
            "id": identity,
            "section": place.ranked.section if place else None,
            "position": place.position if place else None,
            "score": place.ranked.score if place else 0.0,
            "reasons": [asdict(reason) for reason in place.ranked.reasons] if place else [],
            "story": given[story],
            "taken": story not in skipped,
        }
        if story in skipped:
            left = skipped[story]
            answer |= {"why": left.why, "rule": left.rule, "needed": left.needed}
        put(answer)
    lines.finish()


def _article(name: str, line: Line) -> Article:
    return Article(
        id=name,
        source=line.text("source", needed=True),
        url=line.text("url"),
        title=line.text("title", needed=True),
        published=line.instant("published"),
        text=line.text("text"),
        deck=line.text("deck"),
        language=line.text("language"),
        rights=line.one_of("rights", RIGHTS, "excerpt"),
        categories=line.texts("categories"),
        weight=line.number("weight", 1.0),
        comments=int(line.number("comments", 0)) if line.has("comments") else None,
        boost=line.number("boost", 0.0),
    )


def _page(html: str, url: str, title: str) -> Page:
    """A whole page, or a part of one such as feeds carry."""
    from digest.content.page.extract import read_content, read_page

    head = html[:4096].lower()
    whole = "<html" in head or "<!doctype" in head or "<body" in head
    return read_page(html, url) if whole else read_content(html, title=title, url=url)
