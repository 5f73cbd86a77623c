"""An edition's posts from the shell: list them, and settle those nobody is sure of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from digest.cli.say import Say, clock, table, user
from digest.clock.now import now
from digest.errors import UsageError

if TYPE_CHECKING:
    from digest.social.ledger import Verdict

VERDICTS: dict[str, Verdict] = {"posted": "it is there", "failed": "it failed", "again": "send again"}


@click.group("posts", short_help="An edition's posts, and your word on them.")
def posts_() -> None:
    """The posts of an edition, and your word on those nobody is sure of."""


@posts_.command("list")
@click.argument("edition")
@click.option("--status", default="", help="Only these: planned, sending, sent, failed, uncertain, skipped.")
@click.pass_obj
def list_(say: Say, edition: str, status: str) -> None:
    """What became of an edition's posts, and where they are."""
    zone = say.open().site.zone
    from digest.edition.workflow import find
    from digest.social.posted import posted

    row = find(edition)
    rows = list(posted(row, status=status))
    cells = [
        [
            one["id"],
            one["account"],
            one["kind"],
            one["status"],
            clock(one["at"], zone) if one["at"] else "",
            one["url"],
            one["reply"],
        ]
        for one in rows
    ]
    words = table(["post", "account", "kind", "status", f"at ({zone})", "where", "reply"], cells)
    say.result({"edition": row.name, "posts": rows}, words if rows else "No posts.")


@posts_.command("settle", short_help="Say what became of a post on ACCOUNT.")
@click.argument("edition")
@click.argument("account")
@click.option(
    "--as",
    "verdict",
    type=click.Choice(list(VERDICTS)),
    required=True,
    help="What you saw on the account: it is there; it is not, and shall not be; or send it again.",
)
@click.option("--post", "number", type=int, help="Which one, by its number in the list, where several wait.")
@click.option("--url", default="", help="Where it is, if it is there.")
@click.pass_obj
def settle_(say: Say, edition: str, account: str, verdict: str, number: int | None, url: str) -> None:
    """Say what became of an uncertain or failed post on ACCOUNT, as in x:newsroom. Look at the account first."""
    say.open()
    from digest.edition.workflow import find
    from digest.feeds.address import http_address
    from digest.social import ledger
    from digest.social.posted import to_settle

    if url and not http_address(url):
        raise UsageError(f'--url: "{url}" is no web address')
    row = find(edition)
    post = to_settle(row, account, number)
    ledger.settle(post, VERDICTS[verdict], by=user(), now=now(), url=http_address(url))
    post.refresh_from_db()
    ends = {
        "posted": "counts as posted.",
        "failed": "counts as failed.",
        "again": f"is planned again; it leaves with the clock, or now with `digest publish {row.name}`.",
    }
    say.result(
        {"edition": row.name, "post": post.pk, "account": account, "status": post.status},
        f"Post {post.pk} on {account} {ends[verdict]}",
    )
