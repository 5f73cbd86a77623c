"""Takes the pictures in docs/pictures of letters that the demo sends: on a phone and a desk, by day and by night.

.venv/bin/python docs/pictures.py        needs Chromium (`make peers`); the demo itself needs nothing
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from digest.cli.demo_proof import parts

HERE = Path(__file__).parent / "pictures"
WINDOWS = {"phone": (375, 812), "desk": (600, 1500)}
SCHEMES = {"day": "light", "night": "dark"}
LARGEST = 150_000
"""Bytes of a picture."""


def main() -> None:
    chromium = shutil.which("chromium") or sys.exit("Chromium is not installed: make peers")
    with TemporaryDirectory(prefix="digest-pictures-") as folder, sync_playwright() as playwright:
        out = Path(folder) / "out"
        subprocess.run(
            [sys.executable, "-m", "digest", "demo", "--out", str(out)], check=True, stdout=subprocess.DEVNULL
        )
        letters = {"ltr": _longest(out, "en"), "rtl": _longest(out, "ar")}
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        HERE.mkdir(exist_ok=True)
        for direction, letter in letters.items():
            for window in WINDOWS:
                for scheme in SCHEMES:
                    name = f"letter-{window}-{scheme}-{direction}.png"
                    picture = _shot(browser, letter, window, scheme)
                    (HERE / name).write_bytes(picture)
                    print(f"{name}: {len(picture) // 1000} kB")
        browser.close()


def _longest(out: Path, language: str) -> Path:
    """The longest letter with furniture in this language, its pictures from beside it as in letter.html."""
    received = [parts(letter)[1] for letter in (out / "received").glob("*.eml")]
    html = max((html for html in received if re.search(rf'<html[^>]* lang="{language}"', html)), key=len)
    file = out / f"letter-{language}.html"
    file.write_text(re.sub(r"https://[^/\"]+/i/", "pictures/", html), encoding="utf-8")
    return file


def _shot(browser: Browser, letter: Path, window: str, scheme: str) -> bytes:
    width, height = WINDOWS[window]
    page = browser.new_page(
        viewport={"width": width, "height": height},
        color_scheme="dark" if SCHEMES[scheme] == "dark" else "light",
        device_scale_factor=1.5 if window == "phone" else 1.25,
    )
    page.goto(letter.as_uri())
    taken = Image.open(io.BytesIO(page.screenshot()))
    page.close()
    small = io.BytesIO()
    # A palette is enough for type and drawn pictures, and a third of the size.
    taken.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(small, "PNG", optimize=True)
    assert small.tell() < LARGEST, f"{letter.name} in {window} is {small.tell()} bytes"
    return small.getvalue()


if __name__ == "__main__":
    main()
