"""Says who publishes: the values of a newsletter that stay the same from issue to issue."""

from __future__ import annotations

from dataclasses import dataclass

UNSUBSCRIBE = "\x01unsubscribe_url\x02"
PREFERENCES = "\x01preferences_url\x02"
PAGE = "\x01page_url\x02"
ADDRESS = "\x01address\x02"


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    r"""Who publishes, and the look that shows it.

    The last four are filled per person: they hold a hole (`\x01name\x02`, see `digest.render.wire`) unless the
    caller already knows the value, as it does for a page that everybody shares.

    Attributes:
        name: the newsroom's name.
        site: its https address; "" for none.
        accent: one colour, "#rrggbb".
        tagline: a line under the newsletter's name; "" for none.
        sender: the name in the letter's From.
        postal_address: where the publisher can be reached by post, one line.
        donation_link: where readers can give at any time; "" for none.
        why: a sentence of the newsroom's own on why this reader gets the letter; "" for none.
        picture: an address of a picture for link previews of the page; "" takes the lead's.
        print_url: where the page to print is, for a link on the page; "" for none.
    """

    name: str
    site: str = ""
    accent: str = "#9c2a2f"
    tagline: str = ""
    sender: str = ""
    postal_address: str = ""
    donation_link: str = ""
    why: str = ""
    picture: str = ""
    print_url: str = ""
    unsubscribe_url: str = UNSUBSCRIBE
    preferences_url: str = PREFERENCES
    page_url: str = PAGE
    address: str = ADDRESS
