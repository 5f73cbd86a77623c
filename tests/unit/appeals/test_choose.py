"""Where a letter asks for support, and where it never does."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from digest.appeals.choose import place
from digest.model import EditionStory, Section

AT = datetime(2026, 11, 22, 6, tzinfo=UTC)


def story(name: str, *, sensitive: bool = False) -> EditionStory:
    return EditionStory(
        id=name, headline=name, url=f"https://a.example/{name}", source="A", rights="own", published=AT,
        sensitive=sensitive,
    )  # fmt: skip


def section(tag: str, *sensitive: bool) -> Section:
    stories = tuple(story(f"{tag}{at}", sensitive=flag) for at, flag in enumerate(sensitive))
    return Section(tag=tag, title=tag.title(), stories=stories)


sections = st.lists(st.lists(st.booleans(), max_size=4), max_size=6).map(
    lambda rows: [section(f"s{at}", *row) for at, row in enumerate(rows)]
)


def test_the_foot_is_the_usual_place():
    spot = place([section("a", False), section("b", False, False)])
    assert spot.after == "b"
    assert "at the foot" in spot.why


def test_a_sensitive_last_story_moves_the_appeal_up():
    assert place([section("a", False), section("b", False), section("c", False, True)]).after == "b"


def test_a_sensitive_story_below_keeps_the_appeal_away():
    assert place([section("a", False), section("b", False), section("c", True)]).after == "a"


def test_a_sensitive_lead_means_no_appeal_at_all():
    spot = place([section("a", True, False), section("b", False)])
    assert spot.after is None
    assert "lead is sensitive" in spot.why


@given(sections)
def test_never_beside_a_sensitive_story_and_always_where_it_may(given_sections: list[Section]):
    spot = place(given_sections)
    shown = [s for s in given_sections if s.stories]
    stories = [s for part in shown for s in part.stories]

    def allowed(at: int) -> bool:
        below = shown[at + 1].stories[0] if at + 1 < len(shown) else None
        return not (shown[at].stories[-1].sensitive or (below and below.sensitive))

    places = [part.tag for at, part in enumerate(shown) if allowed(at)]
    if not stories or stories[0].sensitive:
        assert spot.after is None
    else:
        assert spot.after == (places[-1] if places else None)
    assert spot.why
