"""What is shown of a story, by its rights; tags by agreement; one outlet, one vote."""

from datetime import UTC, datetime

from digest.edition.compose import pictures, sections, stories
from digest.model import Article, Choice, Group, Image, Picture, Ranked, SectionRule, Story, Tagged

AT = datetime(2026, 11, 22, 6, tzinfo=UTC)
BODY = (
    "The harbour board voted on Monday to close the old ferry slip for two years. Engineers found cracks in three of "
    "its nine piers in March. The board put the cost of repairs at 4.2 million crowns."
)


def article(name: str, source: str, **more: object) -> Article:
    values: dict[str, object] = {"rights": "own", "text": BODY, "language": "en", **more}
    return Article(
        id=name, source=source, url=f"https://{name}.example/", title=f"Slip closes {name}", published=AT, **values
    )  # type: ignore[arg-type]


def one(story: Story) -> Choice:
    ranked = Ranked(story=story, section="*", score=1.0, reasons=())
    return Choice(sections=((SectionRule(tag="*", title="Today"), (ranked,)),))


def shown(story: Story, **more: object):
    values = {"sensitive": (), "images": {}, "sentences": 3, **more}
    return sections(one(story), **values)[0].stories[0]  # type: ignore[arg-type]


def test_the_lead_keeps_its_tags_and_half_of_the_others_may_add_one():
    marks = {"1": ["a"], "2": ["b"], "3": ["b", "c"], "4": ["b"]}
    articles = {name: article(name, f"S{name}") for name in marks}
    group = Group(story="9", lead="1", members=("1", "2", "3", "4"))
    found = stories([group], articles, lambda a: tuple(Tagged(tag=t, strength=0.5, why="said") for t in marks[a.id]))
    assert {tagged.tag for tagged in found[0].tags} == {"a", "b"}
    assert next(t for t in found[0].tags if t.tag == "b").why.startswith("other accounts")


def test_one_outlet_is_named_once_and_never_beside_itself():
    lead = article("1", "Courier")
    others = (article("2", "Courier"), article("3", "Wire"), article("4", "Wire"))
    assert [also.source for also in shown(Story(id="9", lead=lead, others=others)).also] == ["Wire"]


def test_an_excerpt_shows_one_sentence_of_at_most_thirty_words_and_no_picture():
    picture = Picture(url="https://p.example/a.jpg", alt="A slip")
    lead = article("1", "Wire", rights="excerpt", picture=picture)
    story = shown(Story(id="9", lead=lead), images={picture.url: Image(url="https://us.example/i/a.jpg", alt="")})
    assert len(story.summary) == 1
    assert len(story.summary[0].text.split()) <= 30
    assert story.image is None
    assert pictures(one(Story(id="9", lead=lead))) == ()


def test_a_correction_is_shown_in_its_publisher_s_words_only_where_these_are_ours_to_show():
    note = ("Correction: the slip closes for two years, not three.",)
    own = shown(Story(id="9", lead=article("1", "Courier", corrections=note)))
    assert (own.corrected, own.corrections) == (True, note)
    excerpt = shown(Story(id="9", lead=article("1", "Wire", rights="excerpt", corrections=note)))
    assert (excerpt.corrected, excerpt.corrections) == (True, ())
    assert not shown(Story(id="9", lead=article("1", "Courier"))).corrected


def test_an_own_picture_is_served_from_our_address_with_the_publishers_words():
    picture = Picture(url="https://p.example/a.jpg", alt="A slip", credit="R. Vane")
    story = shown(
        Story(id="9", lead=article("1", "Courier", picture=picture)),
        images={picture.url: Image(url="https://us.example/i/a.jpg", alt="", width=600, height=400)},
    )
    assert story.image == Image(url="https://us.example/i/a.jpg", alt="A slip", credit="R. Vane", width=600, height=400)


def test_every_sentence_stands_in_the_text_where_it_says():
    story = shown(Story(id="9", lead=article("1", "Courier")))
    assert story.summary
    assert all(BODY[s.start : s.end] == s.text for s in story.summary)


def test_a_sensitive_tag_marks_the_story():
    story = Story(id="9", lead=article("1", "Courier"), tags=(Tagged(tag="casualties", strength=1.0, why="said"),))
    assert shown(story, sensitive={"casualties"}).sensitive
    assert not shown(story).sensitive


def test_other_accounts_add_what_the_lead_has_not_and_differ_in_their_own_words():
    text = "The harbour board closed the old ferry slip after divers from Holt Marine found 212 cracks below the piers."
    others = (article("2", "Wire", rights="excerpt", text=text), article("3", "Post"))
    story = Story(id="9", lead=article("1", "Courier"), others=others)
    found = shown(story)
    assert [(one.source, one.text, one.start) for one in found.adds] == [("Wire", text, 0)]
    assert found.differ == ()
    assert shown(story, accounts=1).adds == ()
