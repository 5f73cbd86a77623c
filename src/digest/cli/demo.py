"""The main job on the bundled, invented newsroom: no network, no keys, no configuration."""

from __future__ import annotations

import io
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from digest.cli.demo_proof import parts, prove
from digest.cli.newsroom import Newsroom
from digest.cli.newsroom_readers import subscribers_csv
from digest.cli.say import Say
from digest.clock.now import now
from digest.errors import DigestError, UsageError

SITE = "https://courier.example"
EDITOR = "nell.farrow@courier.example"
_MARK = ".digest-demo"


@click.command("demo")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), default=Path("out"), help="Where to (default: out/)."
)
@click.pass_obj
def demo_(say: Say, out: Path) -> None:
    """Run the main job on the bundled newsroom, and look at it."""
    folder = _cleared(out.resolve())
    with _postbox(folder / "received") as port:
        os.environ["DIGEST_SMTP_URL"] = f"smtp://127.0.0.1:{port}?tls=none"
        os.environ["DIGEST_ALLOW_PRIVATE"] = "127.0.0.0/8"
        for name in ("DIGEST_DATABASE_URL", "DIGEST_SECRET_KEY", "DIGEST_INSTALL_ID"):
            os.environ.pop(name, None)
        report = _morning(Say(home=folder / "home", as_json=say.as_json), folder)
    found = prove(folder, report)
    _keep_to_look_at(folder)
    report |= {"out": str(folder), "checked": found}
    say.result(report, _words(report, folder))


def _morning(say: Say, folder: Path) -> dict[str, Any]:
    """A whole morning: gather, an update, draft, the editor's word, letters and posts."""
    from digest.resources import folder as bundled

    with Newsroom(bundled("examples") / "newsroom", now()) as newsroom:
        newsroom.write_home(say.home, SITE)
        say.var.mkdir(mode=0o700)
        (say.var / "secret.key").write_text(secrets.token_urlsafe(48) + "\n")
        from digest.cli.house import prepared

        prepared(say)
        config = say.open()
        from digest.audience.importing import load
        from digest.cli import editions, sending
        from digest.pipeline.approve import approve
        from digest.pipeline.preview import show

        imported = load(io.BytesIO(subscribers_csv(now=now()).encode()), config=config, now=now())
        first = editions.gathering(say, config, everything=True)
        newsroom.publish_update()
        second = editions.gathering(say, config, everything=True)
        edition = editions.drafting(config, "morning", None)
        edition = approve(config, edition, by=EDITOR, now=now(), expected=edition.hash)
        published = sending.publishing(say, config, edition, None)
        edition.refresh_from_db()
        forms = {"page": "page.html", "print": "print.html", "posts": "posts.txt", "json": "edition.json"}
        for form, name in forms.items():
            (folder / name).write_bytes(show(config, edition, form, now=now()))
    return {
        **sending.ran(first, edition, published),
        "subscribers": imported.added,
        "update": second["articles"],
    }


def _cleared(folder: Path) -> Path:
    if folder.exists():
        if any(folder.iterdir()) and not (folder / _MARK).exists():
            raise UsageError(f"{folder} has other things in it; name another folder with --out")
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    (folder / _MARK).touch()
    return folder


@contextmanager
def _postbox(folder: Path) -> Iterator[int]:
    command = [sys.executable, "-m", "digest.cli.postbox", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own program
        try:
            line = process.stdout.readline() if process.stdout else ""
            if not line.strip().isdigit():
                raise DigestError("the demo's mail server did not start; it needs pip install 'digest-newsroom[demo]'")
            yield int(line)
        finally:
            process.terminate()


def _keep_to_look_at(folder: Path) -> None:
    """The fullest letters in English and in Arabic; only these copies show pictures, from beside them."""
    from digest.store.feeds import Picture

    pictures = folder / "pictures"
    pictures.mkdir()
    for picture in Picture.objects.exclude(name=""):
        (pictures / picture.name).write_bytes(bytes(picture.body))
    shown = {"page": (folder / "page.html").read_text(encoding="utf-8")}
    letters = sorted((folder / "received").glob("*.eml"), key=lambda file: (-file.stat().st_size, file.name))
    for language, name in (("en", "letter"), ("ar", "letter-ar")):
        letter = next(file for file in letters if f'<html lang="{language}"' in parts(file)[1])
        text, shown[name] = parts(letter)
        shutil.copy(letter, folder / f"{name}.eml")
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    for name, html in shown.items():
        (folder / f"{name}.html").write_text(html.replace(f"{SITE}/i/", "pictures/"), encoding="utf-8")


def _words(report: dict[str, Any], folder: Path) -> list[str]:
    letters, posts, articles = report["letters"], report["posts"], report["articles"]
    here = Path(os.path.relpath(folder)) if folder.is_relative_to(Path.cwd()) else folder
    stories = sum(len(section["stories"]) for section in report["sections"])
    update = report["update"]
    gathered = (
        f"{report['feeds']['polled']} feeds gave {articles['new']} articles. "
        f"A second look, a moment later, found {update['new']} new and {update['updated']} changed."
    )
    composed = (
        f"{report['title']} has {stories} stories under “{report['subject']}”; "
        f"{EDITOR} approved it as {report['hash'][:12]}."
    )
    nothing = f"; {letters['skipped']} readers have no story on their topics today" if letters["skipped"] else ""
    sent = (
        f"{letters['sent']} letters were received by a mail server on this machine, "
        f"{posts.get('sent', 0)} posts were written{nothing}."
    )
    return [
        gathered,
        *(f"  {failed['name']} could not be read: {failed['why']}" for failed in report["feeds"]["failed"]),
        composed,
        sent,
        *(f"  checked: {line}" for line in report["checked"]),
        "",
        "Look at it:",
        f"  a letter    {here / 'letter.html'}  {here / 'letter.txt'}  {here / 'letter.eml'}",
        f"  in Arabic   {here / 'letter-ar.html'}  {here / 'letter-ar.txt'}",
        f"  the posts   {here / 'posts.txt'}",
        f"  the pages   {here / 'page.html'}  {here / 'print.html'}",
        f"  the studio  {os.path.relpath(Path(sys.executable).parent / 'digest')} --home {here / 'home'} up",
    ]
