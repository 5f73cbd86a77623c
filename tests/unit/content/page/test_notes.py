from __future__ import annotations

import pytest

from digest.content.page.blocks import label
from digest.content.page.notes import LONGEST, MOST, corrections
from digest.model import Block

PROSE = "".join(f"<p>The council met on day {n} and agreed on a part of the coming year's budget.</p>" for n in "abcd")


@pytest.mark.parametrize(
    "note",
    [
        "Correction: an earlier version of this article gave the wrong year.",
        "This article was amended on 3 March 2026 to correct the name of the mayor.",
        "Editor's note: This story was corrected to say that four members voted.",
        "Clarification (3 March): the budget covers the coming year alone.",
        "Korrektur: In einer früheren Fassung stand ein falsches Jahr.",
        "Rectificatif : une version antérieure donnait une autre date.",
        "Corrección: una versión anterior daba otra fecha.",
        "Поправка: в предыдущей версии был указан другой год.",
        "تصحيح: ذكرت نسخة سابقة سنة خاطئة.",
        "訂正：以前の版では年が誤っていました。",
    ],
)
def test_a_correction_is_no_text_and_kept_as_such(note: str) -> None:
    blocks = label(f"{PROSE}<p><em>{note}</em></p>")
    assert blocks[-1] == Block(label="correction", text=note)
    assert corrections(blocks) == (note,)


@pytest.mark.parametrize(
    "note",
    [
        "Update, March 3rd, 02:12 PM: This story has been updated to include further information about the budget.",
        "Editor's note: This story discusses suicide. If you or someone you know is in crisis, call the line.",
    ],
)
def test_an_update_or_a_note_is_no_text_but_no_correction_either(note: str) -> None:
    blocks = label(f"{PROSE}<p><em>{note}</em></p>")
    assert blocks[-1].label == "correction"
    assert corrections(blocks) == ()


def test_corrections_are_few_short_and_each_once() -> None:
    long = "Correction: " + "the year was wrong " * 100
    blocks = [Block(label="correction", text=long)] * 2
    assert corrections(blocks) == (long[:LONGEST],)
    blocks = [Block(label="correction", text=f"Correction {n}: a word") for n in range(9)]
    assert corrections(blocks) == tuple(block.text for block in blocks[-MOST:])
    assert corrections([Block(label="body", text="Correction: none")]) == ()
