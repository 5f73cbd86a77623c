"""One mailbox behind many spellings."""

import pytest

from digest.audience.limits import mailbox


@pytest.mark.parametrize(
    ("spelling", "one"),
    [
        ("ana@inbox.example", "ana@inbox.example"),
        ("ana+list@inbox.example", "ana@inbox.example"),
        ("a.na@inbox.example", "a.na@inbox.example"),
        ("+ana@inbox.example", "+ana@inbox.example"),
        ("a.n.a+x+y@googlemail.com", "ana@gmail.com"),
    ],
)
def test_mailbox(spelling, one):
    assert mailbox(spelling) == one
