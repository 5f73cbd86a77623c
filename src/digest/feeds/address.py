"""Spells addresses and titles in one way, so that the same page is known under all its spellings."""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import quote, unquote_to_bytes, urljoin, urlsplit, urlunsplit

LONGEST: Final = 2048
"""Characters of the longest address that is kept."""

_TRACKING: Final = re.compile(
    r"(?:utm_|mtm_|pk_|piwik_|hsa_|itm_|_hs|mc_[ce]id|oly_|vero_|ns_(?:campaign|mchannel|source)|"
    r"at_(?:campaign|medium|link|bbc|custom|format|ptr)).*|"
    r"fbclid|gclid|gclsrc|dclid|[gw]braid|msclkid|yclid|twclid|ttclid|igshid|igsh|li_fat_id|mkt_tok|hsctatracking|"
    r"wickedid|ref_src|ref_url|s_cid|cmpid|icid|ncid|sr_share|smid|smtyp|ftag|ocid|guccounter|"
    r"guce_referrer(?:_sig)?|xtor|feedtype|spref"
)
_ORIGIN: Final = re.compile(
    r"(?:ref|source|src|from|via|partner|cmp|traffic_source|outputtype|rss|feed|amp)"
    r"=(?:rss|feed|atom|rss_?feed|amp)|amp(?:=|=1|=true)?"
)
_DEFAULT_PORT: Final = {"http": 80, "https": 443}
_UNWANTED: Final = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_HOST: Final = re.compile(r"[a-z0-9_~.-]+")
_NO_WORD: Final = re.compile(r"[^a-z0-9]+")
_AMP_CACHE: Final = re.compile(
    r"https?://(?:www\.google\.[a-z.]{2,6}/amp/|[\w-]+\.cdn\.ampproject\.org/[cv]/)"
    r"(s/)?(?=[\w-]+(?:\.[\w-]+)+(?:[/?]|$))",
    re.IGNORECASE,
)
_PLAIN: Final = re.compile(r"https?://(?:[a-z0-9-]{1,63}\.)+[a-z0-9-]{1,63}/[A-Za-z0-9._~/-]*(?:\?[A-Za-z0-9._~=&-]+)?")
_SPELLED: Final = re.compile(r"[A-Za-z0-9._~-]*")
_KEPT: Final = "!$&'()*+,;=:@-._~"  # RFC 3986, 3.3: what a path segment holds unescaped


def http_address(text: str, *, base: str = "") -> str:
    """Give the absolute http(s) address a feed means, or the empty string.

    A user name and a password in it are dropped: an address is passed on to readers.

    Args:
        text: the address as written, perhaps relative.
        base: what a relative address is relative to.
    """
    if _PLAIN.fullmatch(text) and len(text) <= LONGEST:  # most are, and taking them apart is dear
        return text
    cleaned = _UNWANTED.sub("", text) if text else ""
    if not cleaned:
        return ""
    try:
        parts = urlsplit(urljoin(base, cleaned))
        host, _ = parts.hostname, parts.port
    except ValueError:
        return ""
    if parts.scheme.lower() not in _DEFAULT_PORT or not _host(host or ""):
        return ""
    netloc = parts.netloc.rpartition("@")[2]
    address = urlunsplit((parts.scheme.lower(), netloc, parts.path or "/", parts.query, parts.fragment))
    return address if len(address) <= LONGEST else ""


def canonical(url: str) -> str:
    """Spell an address in one way: the identity of the page it names; empty when it is no http(s) address.

    Scheme and host in lower case, default port, fragment, user name, tracking parameters, AMP variants and the
    trailing slash left out, percent-escapes in one form (RFC 3986, 6.2). Applying it twice changes nothing.
    """
    address = http_address(url)
    if not address:
        return ""
    parts = urlsplit(_out_of_cache(address))
    host = _host(parts.hostname or "")
    port = "" if parts.port in (None, _DEFAULT_PORT.get(parts.scheme)) else f":{parts.port}"
    path = _path(parts.path)
    query = "&".join(pair for pair in parts.query.split("&") if pair and not _tracks(pair))
    spelled = urlunsplit((parts.scheme, host + port, path, query, "")) if host else ""
    if _AMP_CACHE.match(spelled):  # only its escapes had hidden it; each turn is shorter
        return canonical(spelled)
    return spelled if len(spelled) <= LONGEST else ""


def untracked(url: str) -> str:
    """Leave an address as it is, but for what only tells where the reader came from.

    A letter is not the feed's reader: "utm_source=rss" would count its visits as somebody else's.
    """
    if "?" not in url:
        return url
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    kept = "&".join(pair for pair in parts.query.split("&") if not _tracks(pair))
    return url if kept == parts.query else urlunsplit(parts._replace(query=kept))


def page_key(address: str) -> str:
    """Spell a page so that http and https, with and without "www.", are one; empty for no address or a bare site.

    A bare site ("https://example.org/") names no article, so it identifies none.

    Args:
        address: as `canonical` spells it.
    """
    page = address.partition("://")[2].removeprefix("www.")
    return page if page.partition("/")[2] else ""


def title_key(title: str) -> str:
    """Spell a title so that case, punctuation, spacing and typographic variants do not matter.

    Applying it twice changes nothing.
    """
    folded = title.lower() if title.isascii() else _fold(title)
    words = (_NO_WORD.sub(" ", folded) if title.isascii() else _words(folded)).split()
    return " ".join(words) or " ".join(folded.split())


def _words(text: str) -> str:
    return "".join(c if c.isalpha() or unicodedata.category(c)[0] in "NM" else " " for c in text)


def _fold(text: str) -> str:
    """Fold case and compatibility forms until nothing changes (Unicode 3.13, caseless matching)."""
    for _ in range(4):
        folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
        if folded == text:
            break
        text = folded
    return text


def _host(host: str) -> str:
    """Spell a host: lower case, punycode, no dot at the end; empty when it cannot be a host."""
    name = host.lower().rstrip(".")
    if ":" in name:
        return f"[{name}]"
    try:
        name = name.encode("idna").decode("ascii").lower().rstrip(".")
    except UnicodeError:
        return ""
    return name if _HOST.fullmatch(name) else ""


def _path(path: str) -> str:
    """Spell a path: one form of escapes, no dots, no AMP ending, no slash at the end."""
    segments: list[str] = []
    for raw in path.split("/"):
        segment = raw if _SPELLED.fullmatch(raw) else quote(unquote_to_bytes(raw), safe=_KEPT)
        if segment == "..":
            segments[-1:] = []
        elif segment not in ("", "."):
            segments.append(segment)
    while len(segments) > 1 and segments[-1].lower() in ("amp", "amp.html"):
        segments.pop()
    return "/" + "/".join(segments)


def _tracks(pair: str) -> bool:
    """Say whether a query's parameter only tells where the reader came from."""
    lowered = pair.lower()
    return bool(_TRACKING.fullmatch(lowered.partition("=")[0]) or _ORIGIN.fullmatch(lowered))


def _out_of_cache(address: str) -> str:
    """Give the publisher's own address for a copy in Google's AMP cache ("/amp/s/host/path")."""
    while found := _AMP_CACHE.match(address):
        inner = http_address(f"{'https' if found[1] else 'http'}://{address[found.end() :]}")
        if not inner:
            break
        address = inner
    return address
