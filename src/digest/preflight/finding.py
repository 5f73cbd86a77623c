"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to mend or to know.

    Attributes:
        check: the check's short name.
        says: what is wrong and what to do.
        blocks: whether the edition must not leave like this.
        letter: the key of the letter it was found in; empty when it concerns the edition.
    """

    check: str
    says: str
    blocks: bool = True
    letter: str = ""

    def about(self, letter: str) -> Finding:
        """The same finding, of one letter."""
        return replace(self, letter=letter)

    def __str__(self) -> str:
        return f"{self.check}: {self.says}"
