"""Composes an edition's posts for one account: pure, and never longer than the network takes.

A post is the headline, its source, the summary's first sentence where there is room, the link and hashtags from the
story's tags. What does not fit goes in this order: hashtags, the sentence, words of the headline; never the link.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from digest.config.values import Account, AppealTable
from digest.errors import RefusedError, TemplateError
from digest.model import Edition, EditionStory, Post
from digest.render.cut import cut
from digest.render.hashtags import cashtags, clean, defused, hashtags
from digest.render.length import fits, weighted, whole
from digest.render.links import link as safe_link
from digest.render.templates import Templates

EXCERPT_WORDS = 30
"""The most words of another publisher's text in a post, beside its headline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A request for support as a post: the appeal's name, its own words, and where to give ("" for nowhere)."""

    name: str
    text: str
    link: str = ""


def asking(name: str, appeal: AppealTable, donation_link: str | None) -> Ask | None:
    """The post of an appeal, or None when it has no text of its own.

    Args:
        name: the appeal's name in appeals.toml.
        appeal: its table.
        donation_link: where readers can give any amount; without it the appeal's link serves, its amount left open.
    """
    if not appeal.post.strip():
        return None
    parts = urlsplit(appeal.link)
    pairs = [(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if "{" not in value]
    open_link = urlunsplit(parts._replace(query=urlencode(pairs)))
    return Ask(name=name, text=appeal.post, link=donation_link or ("" if "{" in open_link else open_link))


def compose(
    edition: Edition,
    account: Account,
    *,
    templates: Templates,
    tags: Mapping[str, str],
    site: str = "",
    ask: Ask | None = None,
) -> tuple[Post, ...]:
    """An edition's posts for an account, in the order they should leave.

    The lead comes first, then the stories with the highest scores. Every `appeal_every` editions, by the edition's
    number, a post asks for support, unless the lead or a story that is posted beside it is sensitive.

    Args:
        edition: what is shown.
        account: how many posts, how many hashtags, whether with a link.
        templates: give "posts/story.txt" and "posts/appeal.txt".
        tags: the name of each tag, by its key.
        site: our own address; links to it carry a mark that counts visits and finds the post again.
        ask: the appeal's post, if the newsletter has one.

    Raises:
        TemplateError: a template is wrong, or leaves no room for a single word.
    """
    desk = _Desk(edition, account, templates, tags, site)
    made: list[Post] = []
    shown: list[EditionStory] = []
    for story in _order(edition):
        if len(made) == account.posts_per_edition:
            break
        if post := desk.story(story):
            made.append(post)
            shown.append(story)
    due = account.appeal_every > 0 and edition.number % account.appeal_every == 0
    tender = any(story.sensitive for story in (*shown, *edition.stories[:1]))
    if ask and due and not tender:
        made.append(desk.ask(ask))
    return tuple(made)


def marked(url: str, network: str, key: str) -> str:
    """The address with where the visit comes from; what it says already stays as it is.

    `utm_content` is "j" and a short hash of `key`: it names one post, so that reading an account back finds it.
    """
    parts = urlsplit(url)
    content = "j" + hashlib.sha256(key.encode()).hexdigest()[:8]
    given = {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    wanted = {"utm_source": network, "utm_medium": "social", "utm_content": content}
    added = urlencode({name: value for name, value in wanted.items() if name not in given})
    return urlunsplit(parts._replace(query="&".join(part for part in (parts.query, added) if part)))


def _order(edition: Edition) -> Iterator[EditionStory]:
    stories = edition.stories
    yield from stories[:1]
    yield from sorted(stories[1:], key=lambda story: -story.score)


@dataclass(frozen=True, slots=True)
class _Desk:
    """What all posts of one edition and account share."""

    edition: Edition
    account: Account
    templates: Templates
    tags: Mapping[str, str]
    site: str

    def story(self, story: EditionStory) -> Post | None:
        """The post of a story; None when its address is not fit to be posted, or so long that nothing fits beside."""
        link = ""
        if self.account.link:
            try:
                link = self._link(story.url, "story", story.id, own=story.rights == "own")
            except RefusedError:
                return None
        headline = defused(clean(story.headline))
        values = {
            "headline": headline,
            "source": "" if story.rights == "own" else defused(clean(story.source), cashtags=0),
            "link": link,
            "language": story.language,
        }
        names = [self.tags[tag.tag] for tag in story.tags if tag.tag in self.tags and not tag.passing]
        sentence = _sentence(story, headline)
        text = self._fit("posts/story.txt", values, sentence, hashtags(names, self.account.hashtags))
        return self._post("story", story.id, text, link, story.language) if text else None

    def ask(self, ask: Ask) -> Post:
        """The post that asks for support. It keeps its link even where an account's posts have none."""
        link = self._link(ask.link, "appeal", ask.name, own=False) if ask.link else ""
        text = self._fit("posts/appeal.txt", {"headline": clean(ask.text), "link": link}, "", ())
        if not text:
            raise TemplateError(f"posts/appeal.txt leaves no room for the words of the appeal '{ask.name}'.")
        return self._post("appeal", ask.name, text, link, self.edition.language)

    def _fit(self, name: str, values: Mapping[str, str], sentence: str, tags: Sequence[str]) -> str:
        for more in dict.fromkeys((sentence, "")):
            for count in range(len(tags), -1, -1):
                text = self._text(name, values, sentence=more, hashtags=" ".join(tags[:count]))
                if fits(text, self.account.network):
                    return text
        short = cut(
            values["headline"],
            lambda part: fits(self._text(name, {**values, "headline": part}), self.account.network),
        )
        if not short:
            return ""
        return self._text(name, {**values, "headline": short})

    def _text(self, name: str, values: Mapping[str, str], *, sentence: str = "", hashtags: str = "") -> str:
        made = self.templates.render(name, {**values, "sentence": sentence, "hashtags": hashtags})
        lines = "\n".join(line.strip() for line in made.splitlines())
        return re.sub(r"\n{3,}", "\n\n", lines).strip()

    def _link(self, url: str, kind: str, item: str, *, own: bool) -> str:
        address = safe_link(url)
        if own or (self.site and _host(address) == _host(self.site)):
            key = f"{self.edition.id} {self.account.channel} {kind} {item}"
            address = marked(address, self.account.network, key)
        return whole(address)

    def _post(self, kind: str, item: str, text: str, link: str, language: str) -> Post:
        return Post(
            account=self.account.channel,
            kind="appeal" if kind == "appeal" else "story",
            item=item,
            text=text,
            link=link,
            language=language or self.edition.language,
            length=weighted(text),
        )


def _host(url: str) -> str:
    return urlsplit(url).netloc.lower().removeprefix("www.")


def _sentence(story: EditionStory, headline: str) -> str:
    """The summary's first sentence, where the rights allow it and it says more than the headline; else "".

    A post has no room to say that a machine wrote it, so where readers are to be told it goes without.
    """
    if not story.summary or (story.machine and story.machine.shown):
        return ""
    text = clean(story.opening)
    if story.rights == "excerpt" and len(text.split()) > EXCERPT_WORDS:
        return ""
    said, told = set(_words(headline)), set(_words(text))
    if not told or len(told - said) < max(3, len(told) // 3):
        return ""
    return defused(text, cashtags=1 - min(1, cashtags(headline)))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
