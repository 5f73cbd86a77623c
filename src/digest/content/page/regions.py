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
_BY_WORDS: dict[Label, str] = {
    "comment": (
        r"comments?|"
        r"comments?-(?:list|area|body|content|text|section|wrap(?:per)?|thread|container|item|form|respond|author|meta)|"
        r"commentlist|disqus(?:-thread)?|respond|reader-comments|kommentare?|commentaires|comentarios|"
        r"livefyre|coral|hyvor"
    ),
    "bio": (
        r""
        r"(?:author|post-author|article-author|writer|contributor)-?(?:bio(?:graphy)?|box|description|info|about|card|profile|details?|footer|end)|"
        r"about-(?:the-)?authors?|bio|biography|tagline|saboxplugin-wrap|abh-box|pp-author-boxes.*|"
        r"m-a-box.*"
    ),
    "appeal": (
        r"donat(?:e|ion)s?(?:-.*)?|appeals?|support-us|membership-.*|subscribe(?:-.*)?|"
        r"subscription(?:-.*)?|newsletter(?:-.*)?|signup(?:-.*)?|sign-up(?:-.*)?|call-to-action|cta|"
        r"patreon|mc-embed-signup|fundraising|contribution-.*|jetpack-subscription.*|"
        r"wp-block-jetpack-subscriptions.*"
    ),
    "credit": (
        r""
        r"(?:photo|image|picture|media|figure)-?(?:credits?|by(?:line)?|author|copyright|source|attribution)|"
        r"credits?|copyright|photographer|image-rights"
    ),
    "caption": (
        r"wp-caption(?:-text|-dd)?|(?:post-|wp-)?attachment(?:-\d+)?|"
        r"(?:image|photo|picture|media|figure|gallery|slide|video|lead-image)-?captions?(?:-.*)?|"
        r"captions?(?:-.*)?|legende?|bildunterschrift|pie-de-foto"
    ),
    "correction": (r"corrections?|editors?-note|update-note|clarification"),
    "tags": (
        r"tags?|tags?-(?:list|links?|cloud|wrap(?:per)?|container|item|section)|"
        r"(?:post|entry|article|story|single)-(?:tags?|categories|topics|keywords)|tagcloud|taglist|"
        r"cat-links|keywords|topics?-(?:list|tags)|schlagworte"
    ),
    "related": (
        r"(?:.*-)?related(?:-.*)?|relatedposts|jp-relatedposts|yarpp.*|read-?more|readmore|"
        r"read-(?:next|also)|also-read|see-also|recommend(?:ed|ations?)(?:-.*)?|"
        r"more-(?:stories|news|from|on|articles|posts)(?:-.*)?|most-(?:read|popular|viewed|commented)|"
        r"trending(?:-.*)?|popular-posts?|outbrain.*|taboola.*|"
        r"(?:next|prev(?:ious)?)-(?:post|article|story)|post-navigation|up-next|teasers?|further-reading|"
        r"latest-(?:news|posts|stories)|mashsb.*|wp-embedded-content|embedded-article|onward.*"
    ),
    "deck": (
        r"deck|dek|standfirst|sub-?titles?|sub-?headlines?|"
        r"(?:article|story|post|entry)-(?:deck|dek|summary|subtitle|subhead(?:line)?|standfirst)|"
        r"strapline|chapo|vorspann|entradilla|bajada"
    ),
    "date": (
        r""
        r"(?:post|entry|article|publish(?:ed)?|pub|story|updated|modified|last-updated)-?(?:date|time|on|at)(?:-.*)?|"
        r"posted-on|dateline-date|timestamps?|pubdate|published|date(?:-.*)?|datetime"
    ),
    "byline": (
        r"(?:.*-)?bylines?(?:-.*)?|by-author|(?:post|entry|article|story)-(?:meta|author|authors)|"
        r"authors?(?:-(?:name|names|link|list|vcard|wrap(?:per)?|meta))?|vcard|entry-meta|meta-info|"
        r"posted-by|author-date"
    ),
    "other": (
        r"share(?:-.*)?|sharing|social(?:-.*)?|sharedaddy|sd-.*|addtoany.*|addthis.*|ads?|ad-.*|advert.*|"
        r"sponsor(?:ed)?(?:-.*)?|promo(?:-.*)?|breadcrumbs?|menus?|nav(?:bar|igation)?|side-?bar(?:-.*)?|"
        r"widgets?|widget-area|cookie(?:-.*)?|consent(?:-.*)?|gdpr.*|site-footer|footer(?:-.*)?|"
        r"site-header|masthead|print-(?:only|link)|toolbar|toc|table-of-contents|skip-link|"
        r"screen-reader-text|visually-hidden|sr-only|player|video-player|poll|quiz|print-?friendly|"
        r"printfriendly|a2a-.*|wp-polls.*|rating|post-views|modal|popup|overlay|banner|audio-player|"
        r"listen|feedflare|noprint|no-print|infobox-ad|legal|disclaimer|copyright-.*|flash-news|ticker"
    ),
}
# Any of these among the words of a name tells, in this order, where the name as a whole says nothing.
_BY_TOKENS: dict[Label, str] = {
    "comment": "comments disqus nocomments kommentare commentaires comentarios",
    "credit": "credit credits photocredit",
    "caption": "caption captions figcaption legende bildunterschrift",
    "appeal": "newsletter newsletters subscribe subscription donate donation signup cta fundraising",
    "related": "related recirculation recirc teaser teasers recommended recommendations recommendation popular "
    "trending readmore rail carousel onward outbrain taboola upnext relacionadas relacionados similaires connexes "
    "correlati gerelateerd verwandt tweet instagram tiktok photogallery slideshow lightbox",
    "other": "promo promos boilerplate roadblock consent cookie cookies sponsor sponsored advert advertisement ad ads "
    "nav navigation breadcrumb breadcrumbs share sharing social tooltip modal popup disclaimer video videos player "
    "toolbar sidebar affiliate noprint",
    "byline": "byline bylines author authors autor auteur",
}
_TOKENS = {token: label for label, tokens in _BY_TOKENS.items() for token in tokens.split()}
_RANK = {label: n for n, label in enumerate(_BY_TOKENS)}
_WORDS = tuple((label, re.compile(rf"(?:{words})\Z")) for label, words in _BY_WORDS.items())
# Design systems put a block's own prefix, or an element after "--" and "__", around the telling words.
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NOT_TELLING = re.compile(
    r"(?:has|no|with|without|is|js|hide|show|enable|disable|allow|u|lg|md|sm|xl|type|"
    r"wp-image)-"
)
_PREFIX = re.compile(r"(?:c|o|m|l|b|g|td|tdb|et|elementor|wp-block|post|entry|article|story|single|content|"
    r"site|page|module|"
                     r"component|block|o-article|css)-")  # fmt: skip
_LONGEST = 60
_MAIN_PROPERTIES = frozenset({"articlebody", "reviewbody", "content:encoded"})
# The words by which publishing systems in several languages name the element that holds the text.
_MAIN = re.compile(
    r"(?:.*-)?(?:article|story|post|entry|news|blog|artikel|articulo|noticia|nota|materia|beitrag|haber|makale|statya|"
    r"artikkel|artykul|clanek|cikk|articol|caas|text)-{0,2}(?:.{1,20}-)?"
    r"(?:body|bodies|content|contents|copy|text|texte|texto|tekst|text|inhalt|contenido|cuerpo|corps|contenu|corpo|"
    r"conteudo|tresc|icerik|detay|page-chunks|chunks)(?:-.*)?\Z|"
    r"(?:body-?(?:copy|text|inner-container)|article-?body|(?:dynamic-)?entry-content|storytext|editor-content|"
    r"mw-parser-output|metered-content|single-content)(?:-.*)?\Z"
)
_NOT_MAIN = re.compile(
    r"(?:^|-)(?:headers?|footer|meta|title|heading|headline|related|lists?|cards?|images?|img|links?|teasers?|share|"
    r"aside|side-?bar|comments?|ads?|recommend(?:ed|ations)?|videos?|tags?|authors?|captions?|figure|media|nav|menu|"
    r"promo|newsletter|more|item|items|grid|feed|summary|excerpt|preview|widget|align|center|left|right|wrapper-outer)"
    r"(?:-|$)"
)
_CONTAINERS = frozenset({"html", "body", "main", "article"})
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def region_of(element: HtmlElement) -> tuple[Label, bool] | None:
    """What the element says of its contents, and whether it says so clearly; None when it says nothing.

    The classes of `html`, `body`, `main` and `article` speak of the page, not of a part, and are not read.
    """
    tag = element.tag
    if tag in _CONTAINERS:
        return None
    get = element.get
    names, role, prop = f"{get('class') or ''} {get('id') or ''}", get("role"), get("itemprop")
    if role and role in _BY_ROLE:
        return _BY_ROLE[role], True
    if tag in _BY_TAG:
        return _BY_TAG[tag], True
    if prop and prop.lower() in _BY_PROPERTY:
        return _BY_PROPERTY[prop.lower()], True
    if len(names) < 3 or len(names) > 1000:
        return None
    return _by_names(names)


def is_main(element: HtmlElement) -> bool:
    """Whether the element says that it holds the text of an article."""
    get = element.get
    for said in (get("itemprop"), get("property")):
        if said and said.rpartition(":")[2].lower() in _MAIN_PROPERTIES:
            return True
    names = f"{get('class') or ''} {get('id') or ''}"
    return 3 < len(names) <= 1000 and _main_by_names(names)


def is_hidden(element: HtmlElement) -> bool:
    """Whether the page itself says that a reader does not see the element."""
    if element.get("hidden") is not None:
        return True
    style = element.get("style")
    return bool(style and _HIDDEN.search(style))


@lru_cache(maxsize=20_000)
def _main_by_names(names: str) -> bool:
    for name in names.split():
        flat = _CAMEL.sub("-", name).replace("_", "-").lower()
        if len(flat) <= _LONGEST and _MAIN.match(flat) and not _NOT_MAIN.search(flat):
            return True
    return False


@lru_cache(maxsize=20_000)
def _by_names(names: str) -> tuple[Label, bool] | None:
    for name in names.split():
        flat = _CAMEL.sub("-", name).replace("_", "-").lower()
        while "--" in flat:
            flat = flat.replace("--", "-")
        flat = flat.strip("-")
        if not flat or len(flat) > _LONGEST or _NOT_TELLING.match(flat):
            continue
        bare = _PREFIX.sub("", flat, count=1) if _PREFIX.match(flat) else flat
        for label, pattern in _WORDS:
            if pattern.match(flat) or (bare != flat and pattern.match(bare)):
                return label, True
    told = _by_tokens(names)
    return (told, False) if told else None


def _by_tokens(names: str) -> Label | None:
    told: list[Label] = []
    for name in names.split():
        flat = _CAMEL.sub("-", name).replace("_", "-").lower()
        if len(flat) <= _LONGEST and ":" not in flat and not _NOT_TELLING.match(flat):
            told += [_TOKENS[token] for token in flat.split("-") if token in _TOKENS]
    return min(told, key=_RANK.__getitem__, default=None)
