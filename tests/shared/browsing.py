"""What tests of pages in a real browser ask of each: that it fits, can be read and be reached by keyboard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

SMALL = """() => [...document.querySelectorAll('button, select, summary, fieldset label, .field input')]
  .filter(e => e.offsetParent && e.getBoundingClientRect().height < 44).map(e => e.innerText.slice(0, 30))"""
"""What is too small for a finger (44 px, WCAG 2.2, 2.5.5)."""

CONTRAST = """() => {
  const light = c => {
    const [r, g, b] = c.map(v => { v /= 255; return v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4 });
    return .2126 * r + .7152 * g + .0722 * b };
  const read = s => s.match(/[0-9.]+/g).map(Number);
  const ground = e => { for (; e; e = e.parentElement) { const c = read(getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] > 0) return c.slice(0, 3) } return read('255 255 255') };
  const low = [];
  for (const e of document.querySelectorAll('body *')) {
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) || !e.offsetParent) continue;
    const a = light(read(getComputedStyle(e).color).slice(0, 3)), b = light(ground(e));
    if ((Math.max(a, b) + .05) / (Math.min(a, b) + .05) < 4.5) low.push(e.innerText.slice(0, 30));
  }
  return low }"""
"""Texts whose contrast is less than 4.5 (WCAG 2.2, 1.4.3)."""


def look(page: Any, shots: Path, name: str) -> None:
    """Take a picture of a page, which must have one title, fit the screen and be fit for eyes and fingers."""
    page.screenshot(path=shots / f"{name}.png", full_page=True)
    assert page.locator("h1").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is wider than the screen"
    low = page.evaluate(CONTRAST)
    assert not low, f"{name}: hard to read: {low}"
    small = page.evaluate(SMALL)
    assert not small, f"{name}: too small for a finger: {small}"


def reach(page: Any, text: str, presses: int = 60) -> None:
    """Move by Tab until what has the focus says `text`, or is called so."""
    said = (
        "document.activeElement === document.body ? '' : document.activeElement.innerText + document.activeElement.id"
    )
    for _ in range(presses):
        page.keyboard.press("Tab")
        if text in page.evaluate(said):
            return
    pytest.fail(f"Tab never reached {text!r}")
