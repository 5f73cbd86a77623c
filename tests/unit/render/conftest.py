"""An invented edition of 25 stories in three languages, a brand and furniture to render it with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from digest.model import Also, Amount, Appeal, Edition, EditionStory, Goal, Image, Section, Sentence, Window
from digest.render.brand import Brand
from digest.render.furniture import Furniture, furniture
from digest.render.letter import CompiledLetter, compile_letter
from digest.render.templates import Templates
from digest.resources import template

SLOT = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
SITE = "https://www.harbourledger.example"

# tag, title, then stories: headline, sentences, source, authors, minutes, outlets that also cover it
NEWS = [
    ("harbour", "The harbour", [
        ("The last ferry to Osk keeps its winter timetable after a night of talks",
         ["The island council and the ferry company agreed at four in the morning to keep two crossings a day.",
          "“Nobody slept, and nobody minds,” said the council’s chair, who walked out of the first meeting."],
         "Harbour Ledger", ("Ines Valloric", "Tom Aderhold"), 6, ("Osk Weekly", "Le Phare", "Northern Wire")),
        ("Dredging resumes in the outer basin, this time with a marine biologist on board",
         ["Work stopped in June when eelgrass was found where the survey had promised mud."],
         "Harbour Ledger", ("Mara Quist",), 4, ()),
        ("Pilots say the new breakwater light is too bright to see by",
         ["The lamp is eleven times stronger than the one it replaced, and washes out the channel markers behind it."],
         "Osk Weekly", ("J. Tollefsen",), 3, ("Northern Wire",)),
        ("A crane driver’s forty years, told in knots",
         ["Retiring on Friday, Bo Halvard leaves the quay a board of ninety-one knots and one he will not explain."],
         "Harbour Ledger", ("Ines Valloric",), 8, ()),
        ("Container fees to rise 2.5 % in January", [], "Port Notices", (), 1, ()),
    ]),
    ("city", "City hall", [
        ("Council votes to open the archive of the 1974 flood inquiry",
         ["Eleven boxes of testimony, sealed for fifty years at the request of the insurers, will be read from May."],
         "Harbour Ledger", ("Petra Lindqvist-Amato",), 7, ("Northern Wire", "Le Phare")),
        ("Budget gap narrows to nine million as the tram waits another year",
         ["The finance committee moved the northern tram line to 2029 and kept every library open."],
         "Northern Wire", ("Staff",), 3, ("Osk Weekly",)),
        ("Why the fountain on Tallow Square runs only at night",
         ["A clause in the 1931 deed of gift forbids it to splash anybody on the way to work."],
         "Harbour Ledger", ("Oona Brask",), 5, ()),
        ("Night buses: four routes, one map, no more guessing",
         ["From the first of December all night routes leave Central Pier at ten past the hour."],
         "City Desk", (), 2, ()),
    ]),
    ("islands", "Les îles", [
        ("À Sainte-Aube, l’école rouvre avec sept élèves et deux chèvres",
         ["La commune a préféré louer un bateau plutôt que de fermer la dernière classe de l’île.",
          "Les chèvres, elles, tondent la cour."],
         "Le Phare", ("Maëlle Corvaisier",), 4, ("Harbour Ledger",)),
        ("Le sel de l’île Haute retrouve ses marchands",
         ["Trois saunières de moins de trente ans ont relancé des bassins vides depuis 1988 ; la récolte a doublé."],
         "Le Phare", ("Aurèle Nantois",), 6, ()),
        ("Tempête : 50 % des casiers perdus au large du cap Morin",
         ["Les pêcheurs demandent que les casiers dérivants soient signalés par radio dès ce soir."],
         "Le Phare", (), 2, ("Northern Wire",)),
        ("La bibliothèque flottante change de cap",
         ["Elle accostera désormais le mardi, jour de marché, après vingt ans de jeudis."],
         "Le Phare", ("Maëlle Corvaisier",), 3, ()),
    ]),
    ("levant", "شرق المتوسط", [
        ("مرفأ الياسمين يستقبل أول سفينة قمح منذ ثلاثة أعوام",
         ["رست السفينة فجر اليوم وعلى متنها أربعة آلاف طن، فيما اصطف العمال على الرصيف قبل شروق الشمس.",
          "وقال مدير المرفأ إن السفينة الثانية تصل بعد عشرة أيام."],
         "صحيفة المنارة", ("ليلى حداد",), 5, ("Northern Wire", "Le Phare")),
        ("صيادو الخليج الصغير يعيدون بناء قواربهم من خشب الزيتون",
         ["تعلّم الشبان الحرفة من نجار في الثمانين من عمره لا يستعمل المسامير."],
         "صحيفة المنارة", ("سامر نجم",), 4, ()),
        ("مكتبة الحي القديم تفتح أبوابها ليلاً",
         ["بدأت الفكرة بمصباح واحد وطالبة كانت تستعد للامتحان."],
         "صحيفة المنارة", (), 2, ()),
        ("Three cooks, one kitchen: the supper club that crosses the strait",
         ["On the last Sunday of each month they cook on one shore and serve on the other."],
         "Harbour Ledger", ("Tom Aderhold",), 7, ()),
    ]),
    ("science", "Science & weather", [
        ("A warm current arrived six weeks early, and the jellyfish with it",
         ["Buoys off the cape measured 14.2 degrees on Sunday, a record for November by more than a degree."],
         "Northern Wire", ("Dr. Agnes Thule",), 5, ("Harbour Ledger", "Le Phare")),
        ("The lichen that tells the age of a wall",
         ["It grows half a millimetre a year, which is all a patient historian needs."],
         "Field Notes", ("Rurik Sand",), 6, ()),
        ("Frost tonight in the valleys; the coast stays above freezing",
         ["Drivers on the ridge road should expect ice from three o’clock."], "Weather Office", (), 1, ()),
        ("How 400 households lent their roofs to a rain gauge",
         ["The network now sees showers that two radars miss."], "Field Notes", ("Ada Morrow", "Lev Iskan"), 4, ()),
    ]),
    ("*", "And also", [
        ("The town band will play the wrong anthem again, on purpose",
         ["It began as a mistake in 1966 and became, the conductor says, the only tune everybody knows."],
         "Osk Weekly", ("J. Tollefsen",), 3, ()),
        ("Chess in the laundry: a club with no fixed board",
         ["Games last exactly one wash cycle."], "City Desk", ("Oona Brask",), 4, ()),
        ("Obituary: Sister Benedikta, who mapped every spring on the ridge",
         ["Her notebooks, given to the archive last week, name 212 of them."], "Harbour Ledger", (), 5, ()),
        ("A recipe for the first cold Sunday",
         ["Barley, leeks, and patience."], "Harbour Ledger", ("Mara Quist",), 2, ()),
    ]),
]  # fmt: skip


def _arabic(text: str) -> bool:
    return "\u0600" <= text[0] <= "\u06ff"


def make_story(headline: str = "A headline", url: str = f"{SITE}/a", **changes: object) -> EditionStory:
    """One story with something in every place."""
    rtl = _arabic(headline) if headline else False
    story = EditionStory(
        id="s1", headline=headline, url=url, source="Harbour Ledger", rights="own", published=SLOT, language="en",
        direction="rtl" if rtl else "ltr", summary=(Sentence(text="One sentence."),), authors=("Ada Morrow",),
        minutes=3,
    )  # fmt: skip
    return replace(story, **changes)  # type: ignore[arg-type]


def _section(at: int, tag: str, title: str, rows: list) -> Section:  # type: ignore[type-arg]
    stories = []
    for place, (headline, sentences, source, authors, minutes, others) in enumerate(rows):
        slug = f"{tag.replace('*', 'more')}-{place + 1}"
        stories.append(
            make_story(
                headline,
                f"{SITE}/2026/11/{slug}?from=letter&issue=142",
                id=slug,
                source=source,
                language="ar" if _arabic(headline) else "fr" if source == "Le Phare" else "en",
                summary=tuple(Sentence(text=text) for text in sentences),
                authors=authors,
                minutes=minutes,
                published=SLOT - timedelta(hours=at + place),
                also=tuple(
                    Also(source=o, url=f"https://{o.split()[0].lower()}.example/{slug}", headline=headline)
                    for o in others
                ),
                image=Image(
                    url=f"{SITE}/pictures/{slug}.jpg", alt="A ferry at a pier in the early morning, its lights on",
                    width=1200, height=800, credit="Photo: Ines Valloric",
                ) if place == 0 and at in (0, 3) else None,
            )
        )  # fmt: skip
    return Section(tag=tag, title=title, stories=tuple(stories))


APPEAL = Appeal(
    name="autumn",
    headline="This letter has no owner but its readers",
    reason="The Harbour Ledger takes no advertising and no grants from anyone it reports on. One reader in forty pays "
    "for the other thirty-nine. If you can, be the one today.",
    once=(Amount(label="€15", url=f"{SITE}/give?once=15"), Amount(label="€40", url=f"{SITE}/give?once=40"),
          Amount(label="€100", url=f"{SITE}/give?once=100")),
    monthly=(Amount(label="€5", url=f"{SITE}/give?monthly=5"), Amount(label="€10", url=f"{SITE}/give?monthly=10"),
             Amount(label="€20", url=f"{SITE}/give?monthly=20")),
    link=f"{SITE}/give",
    note="Gifts to the Harbour Ledger Trust are tax-deductible; you receive a receipt in January.",
    goal=Goal(raised=31200, total=50000, currency="EUR", as_of="2026-11-23"),
    after="city",
)  # fmt: skip


def make_edition(**changes: object) -> Edition:
    """The whole edition: 25 stories, six sections, an appeal."""
    edition = Edition(
        id="daily/2026-11-24",
        newsletter="daily",
        title="The Morning Tide",
        number=142,
        slot=SLOT,
        window=Window(start=SLOT - timedelta(days=1), end=SLOT),
        language="en-gb",
        direction="ltr",
        subject="The last ferry to Osk keeps its winter timetable",
        preheader="",
        sections=tuple(_section(at, *row) for at, row in enumerate(NEWS)),
        appeal=APPEAL,
    )
    return replace(edition, **changes)  # type: ignore[arg-type]


def make_brand(**changes: object) -> Brand:
    """The newsroom of the invented edition."""
    brand = Brand(
        name="The Harbour Ledger",
        site=SITE,
        accent="#a3312c",
        tagline="What happened on the water and the land around it, since yesterday",
        sender="The Harbour Ledger",
        postal_address="The Harbour Ledger Trust, 3 Ropewalk, Port Varn 4021",
        donation_link=f"{SITE}/give",
        why="You signed up on our site.",
    )
    return replace(brand, **changes)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def templates() -> Templates:
    return Templates(template)


@pytest.fixture
def story() -> Callable[..., EditionStory]:
    return make_story


@pytest.fixture
def edition() -> Callable[..., Edition]:
    return make_edition


@pytest.fixture
def brand() -> Callable[..., Brand]:
    return make_brand


@pytest.fixture(scope="session")
def words() -> Callable[[str], Furniture]:
    return lambda language: furniture(language, "Europe/Berlin", template)


@pytest.fixture(scope="session")
def compiled(templates: Templates, words: Callable[[str], Furniture]) -> CompiledLetter:
    return compile_letter(make_edition(), make_brand(), words("en-gb"), templates)
