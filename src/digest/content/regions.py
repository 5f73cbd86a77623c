"""Knows from an element's name, class, id and role what part of a page it holds."""

from __future__ import annotations

import re
from functools import lru_cache

from lxml.html import HtmlElement

from digest.model import Label

_BY_TAG: dict[str, Label] = {
    "figcaption": "caption",
    "nav": "other",
    "aside": "other",
    "footer": "other",
    "form": "other",
    "address": "byline",
    "caption": "caption",
    "time": "date",
}
_BY_ROLE: dict[str, Label] = {
    "navigation": "other", "complementary": "other", "contentinfo": "other", "search": "other",
    "banner": "other", "dialog": "other", "alert": "other", "menu": "other", "toolbar": "other",
}  # fmt: skip
_BY_PROPERTY: dict[str, Label] = {
    "author": "byline", "datepublished": "date", "datemodified": "date", "caption": "caption",
    "keywords": "tags", "comment": "comment", "commenttext": "comment", "copyrightholder": "credit",
}  # fmt: skip

# In this order: the first that fits wins. Words are those of common publishing systems' class names.
_BY_WORDS: tuple[tuple[Label, str], ...] = (
    ("comment", r"comments?|comments?-(?:list|area|body|content|text|section|wrap(?:per)?|thread|container|item|"
                r"form|respond|author|meta)|commentlist|disqus(?:-thread)?|respond|reader-comments|kommentare?|"
                r"commentaires|comentarios|livefyre|coral|hyvor"),
    ("bio", r"(?:author|post-author|article-author|writer|contributor)-?(?:bio(?:graphy)?|box|description|info|about|card|"
            r"profile|details?|footer|end)|about-(?:the-)?authors?|bio|biography|tagline|saboxplugin-wrap|abh-box|"
            r"pp-author-boxes.*|m-a-box.*"),
    ("appeal", r"donat(?:e|ion)s?(?:-.*)?|appeals?|support-us|membership-.*|subscribe(?:-.*)?|subscription(?:-.*)?|"
               r"newsletter(?:-.*)?|signup(?:-.*)?|sign-up(?:-.*)?|call-to-action|cta|patreon|mc-embed-signup|"
               r"fundraising|contribution-.*|jetpack-subscription.*|wp-block-jetpack-subscriptions.*"),
    ("credit", r"(?:photo|image|picture|media|figure)-?(?:credits?|by(?:line)?|author|copyright|source|attribution)|credits?|"
               r"copyright|photographer|image-rights"),
    ("caption", r"wp-caption(?:-text|-dd)?|(?:image|photo|picture|media|figure|gallery|slide|video|lead-image)-?captions?(?:-.*)?|"
                r"captions?(?:-.*)?|legende?|bildunterschrift|pie-de-foto"),
    ("correction", r"corrections?|editors?-note|update-note|clarification"),
    ("tags", r"tags?|tags?-(?:list|links?|cloud|wrap(?:per)?|container|item|section)|(?:post|entry|article|story|single)-"
             r"(?:tags?|categories|topics|keywords)|tagcloud|taglist|cat-links|keywords|topics?-(?:list|tags)|schlagworte"),
    ("related", r"(?:.*-)?related(?:-.*)?|relatedposts|jp-relatedposts|yarpp.*|read-?more|readmore|read-(?:next|also)|"
                r"also-read|see-also|recommend(?:ed|ations?)(?:-.*)?|more-(?:stories|news|from|on|articles|posts)(?:-.*)?|"
                r"most-(?:read|popular|viewed|commented)|trending(?:-.*)?|popular-posts?|outbrain.*|taboola.*|"
                r"(?:next|prev(?:ious)?)-(?:post|article|story)|post-navigation|up-next|teasers?|further-reading|"
                r"latest-(?:news|posts|stories)|mashsb.*|wp-embedded-content|embedded-article|onward.*"),
    ("deck", r"deck|dek|standfirst|sub-?titles?|sub-?headlines?|(?:article|story|post|entry)-(?:deck|dek|summary|subtitle|"
             r"subhead(?:line)?|standfirst)|strapline|chapo|vorspann|entradilla|bajada"),
    ("date", r"(?:post|entry|article|publish(?:ed)?|pub|story|updated|modified|last-updated)-?(?:date|time|on|at)(?:-.*)?|"
             r"posted-on|dateline-date|timestamps?|pubdate|published|date(?:-.*)?|datetime"),
    ("byline", r"(?:.*-)?bylines?(?:-.*)?|by-author|(?:post|entry|article|story)-(?:meta|author|authors)|authors?(?:-(?:name|names|"
               r"link|list|vcard|wrap(?:per)?|meta))?|vcard|entry-meta|meta-info|posted-by|author-date"),
    ("other", r"share(?:-.*)?|sharing|social(?:-.*)?|sharedaddy|sd-.*|addtoany.*|addthis.*|ads?|ad-.*|advert.*|"
              r"sponsor(?:ed)?(?:-.*)?|promo(?:-.*)?|breadcrumbs?|menus?|nav(?:bar|igation)?|side-?bar(?:-.*)?|"
              r"widgets?|widget-area|cookie(?:-.*)?|consent(?:-.*)?|gdpr.*|site-footer|footer(?:-.*)?|site-header|"
              r"masthead|print-(?:only|link)|toolbar|toc|table-of-contents|skip-link|screen-reader-text|"
              r"visually-hidden|sr-only|player|video-player|poll|quiz|print-?friendly|printfriendly|a2a-.*|"
              r"wp-polls.*|rating|post-views|modal|popup|overlay|banner|audio-player|listen|feedflare|"
              r"noprint|no-print|infobox-ad|legal|disclaimer|copyright-.*|flash-news|ticker"),
)  # fmt: skip
_WORDS = tuple((label, re.compile(rf"(?:{words})\Z")) for label, words in _BY_WORDS)
# Design systems put a block's own prefix, or an element after "--" and "__", around the telling words.
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NOT_TELLING = re.compile(r"(?:has|no|with|without|is|js|hide|show|enable|disable|allow|u|lg|md|sm|xl|type|wp-image)-")
_PREFIX = re.compile(r"(?:c|o|m|l|b|g|td|tdb|et|elementor|wp-block|post|entry|article|story|single|content|site|page|module|"
                     r"component|block|o-article|css)-")  # fmt: skip
_CONTAINERS = frozenset({"html", "body", "main", "article"})
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def region_of(element: HtmlElement) -> Label | None:
    """What the element says of its contents, or None when it says nothing.

    The classes of `html`, `body`, `main` and `article` speak of the page, not of a part, and are not read.
    """
    tag = element.tag
    if tag in _CONTAINERS:
        return None
    get = element.get
    names, role, prop = f"{get('class') or ''} {get('id') or ''}", get("role"), get("itemprop")
    if role and role in _BY_ROLE:
        return _BY_ROLE[role]
    if tag in _BY_TAG:
        return _BY_TAG[tag]
    if prop and prop.lower() in _BY_PROPERTY:
        return _BY_PROPERTY[prop.lower()]
    if len(names) < 3 or len(names) > 1000:
        return None
    return _by_names(names)


def is_hidden(element: HtmlElement) -> bool:
    """Whether the page itself says that a reader does not see the element."""
    if element.get("hidden") is not None:
        return True
    style = element.get("style")
    return bool(style and _HIDDEN.search(style))


@lru_cache(maxsize=20_000)
def _by_names(names: str) -> Label | None:
    for name in names.split():
        flat = _CAMEL.sub("-", name).replace("_", "-").lower()
        while "--" in flat:
            flat = flat.replace("--", "-")
        flat = flat.strip("-")
        if not flat or _NOT_TELLING.match(flat):
            continue
        bare = _PREFIX.sub("", flat, count=1) if _PREFIX.match(flat) else flat
        for label, pattern in _WORDS:
            if pattern.match(flat) or (bare != flat and pattern.match(bare)):
                return label
    return None
