"""Every mistake is named at once, by file, line and key, and the message says what would be right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from digest.config import load
from digest.config.locate import lines
from digest.config.values import Config, Newsletter
from digest.errors import ConfigError, Problem
from digest.resources import folder

FILES = ["digest.toml", "feeds.toml", "tags.toml", "social.toml", "appeals.toml", "newsletters/daily.toml"]
# Tables whose keys a newsroom names itself, or that the engine's own list checks.
FREE = {"weights"}


def problems(home: Path) -> list[Problem]:
    with pytest.raises(ConfigError) as caught:
        load(home)
    return caught.value.problems


def keys(text: str) -> list[tuple[int, str]]:
    """Line and dotted key of each plain key, inline tables and named weights left out."""
    return [
        (line, ".".join(str(part) for part in path))
        for path, line in lines(text).items()
        if re.match(r"\s*[a-z_]+\s*=", text.splitlines()[line - 1]) and path[0] not in FREE
    ]


@pytest.mark.parametrize("file", FILES)
def test_every_key_of_a_wrong_kind_is_named(write, shown, file):
    text = shown[file]
    rows = text.splitlines()
    found = keys(text)
    assert found
    for line, _ in found:
        rows[line - 1] = re.sub(r"=.*", "= [[{ wrong = 1 }]]", rows[line - 1])
    named = {(p.line, p.key) for p in problems(write({file: "\n".join(rows)})) if p.file == f"config/{file}"}
    for line, key in found:
        assert any(at == line and (k == key or k.startswith(f"{key}.")) for at, k in named), (line, key)


@pytest.mark.parametrize("file", FILES)
def test_every_misspelt_key_is_named_beside_the_known_ones(write, shown, file):
    rows = shown[file].splitlines()
    found = keys(shown[file])
    for line, _ in found:
        rows[line - 1] = re.sub(r"^(\s*[a-z_]+)(\s*=)", r"\1_x\2", rows[line - 1])
    named = {(p.line, p.key): p.message for p in problems(write({file: "\n".join(rows)}))}
    for line, key in found:
        message = named[line, f"{key}_x"]
        assert "not known here" in message
        assert re.search(rf"known: .*\b{key.split('.')[-1]}\b", message), message


CROSS = [
    ("feeds.toml", 'rights = "own"', 'rights = "stolen"', "feeds.0.rights", "own"),
    ("feeds.toml", "tags = []", 'tags = ["Jihadist"]', "feeds.0.tags", "jihadism"),
    ("tags.toml", 'parents = ["Jihadism"]', 'parents = ["Islamic State"]', "tags.0.parents", "ancestor"),
    ("tags.toml", 'unless = ["Isis Road"]', "unless = 1", "tags.0.unless", "list"),
    ("tags.toml", '["parliament", "election"', '["ISIS", "election"', "tags.1.aliases", "Islamic State"),
    ("tags.toml", """["Da['’]?esh"]""", '["(Daesh"]', "tags.0.patterns", "regular expression"),
    ("newsletters/daily.toml", '"0 7 * * *"', '"7 o\'clock"', "schedule", "five fields"),
    ("newsletters/daily.toml", '"0 7 * * *"', '"0 25 * * *"', "schedule", "0 7 * * mon-fri"),
    ("newsletters/daily.toml", 'appeal = ""', 'appeal = "spring"', "appeal", "autumn"),
    ("newsletters/daily.toml", '"folder:newsroom"]', '"x:nobody"]', "channels", "folder:newsroom"),
    ("newsletters/daily.toml", 'tag = "economy"', 'tag = "econmy"', "sections.2.tag", '"economy"'),
    ("newsletters/daily.toml", "minimum = 0", "minimum = 9", "sections.0.minimum", "maximum of 5"),
    ("newsletters/daily.toml", '"60 minutes"', '"an hour"', "draft_before", "90 minutes"),
    ("digest.toml", 'zone = "Europe/Berlin"', 'zone = "Berlin"', "site.zone", "Europe/Berlin"),
    ("digest.toml", 'accent = "#8a1c1c"', 'accent = "red"', "site.accent", "#8a1c1c"),
    ("digest.toml", "editors = []", 'editors = ["ana"]', "site.editors.0", "ana@news.example"),
    ("digest.toml", '"http://127.0.0.1:8000"', '"news.example"', "site.address", "https://"),
    ("digest.toml", "window = 100", "window = 0", "delivery.window", "1"),
    ("social.toml", 'network = "x"', 'network = "myspace"', "accounts.0.network", "folder"),
    ("social.toml", 'name = "newsroom"', 'name = "News Room"', "accounts.0.name", "hyphens"),
    ("appeals.toml", 'currency = "EUR"', 'currency = "euro"', "appeals.autumn.currency", "three capitals"),
    ("appeals.toml", "total = 20000", "total = 0", "appeals.autumn.goal.total", "0"),
]


@pytest.mark.parametrize(("file", "right", "wrong", "key", "says"), CROSS)
def test_each_mistake_is_named_with_what_would_be_right(write, whole, file, right, wrong, key, says):
    text = whole[file]
    assert right in text
    line = text[: text.index(right)].count("\n") + 1
    found = problems(write(whole | {file: text.replace(right, wrong, 1)}))
    assert [(p.file, p.line, p.key) for p in found] == [(f"config/{file}", line, key)], found
    assert says in found[0].message


def test_mistakes_of_all_files_and_kinds_come_at_once(write, whole):
    wrong = dict(whole)
    for file, right, bad, _, _ in CROSS:
        wrong[file] = wrong[file].replace(right, bad, 1)
    named = {(p.file, p.key) for p in problems(write(wrong))}
    # What names an account or an appeal cannot be judged while those are wrong themselves.
    assert named == {(f"config/{file}", key) for file, _, _, key, _ in CROSS if key not in ("channels", "appeal")}


def test_a_file_that_is_no_toml_does_not_hide_the_others(write, whole):
    wrong = whole | {
        "tags.toml": whole["tags.toml"] + "\n[[tags\n",
        "digest.toml": whole["digest.toml"].replace('zone = "Europe/Berlin"', 'zone = "Berlin"'),
    }
    found = problems(write(wrong))
    assert [(p.file, p.key) for p in found] == [("config/digest.toml", "site.zone"), ("config/tags.toml", "")]
    assert found[1].line > 20


def test_a_table_without_what_it_needs_does_not_hide_the_others(write, whole):
    wrong = whole | {
        "feeds.toml": '[[feeds]]\nname = "No address"\n',
        "newsletters/daily.toml": whole["newsletters/daily.toml"].replace('"0 7 * * *"', '"daily"'),
        "newsletters/weekly.toml": 'tagline = "no title"\n',
    }
    assert [(p.file[7:], p.key) for p in problems(write(wrong))] == [
        ("feeds.toml", "feeds.0.address"),
        ("newsletters/daily.toml", "schedule"),
        ("newsletters/weekly.toml", "title"),
    ]


def test_a_file_that_is_not_text_is_named(write, whole):
    home = write(whole)
    (home / "config" / "feeds.toml").write_bytes(b"\xff\xfe[[feeds]]")
    assert [(p.file, p.message) for p in problems(home)] == [("config/feeds.toml", "this file is not UTF-8 text")]


def test_two_feeds_of_one_address(write, whole):
    feed = '\n[[feeds]]\naddress = "https://news.example/feed.xml"\nname = "Again"\n'
    (found,) = problems(write(whole | {"feeds.toml": whole["feeds.toml"] + feed}))
    assert (found.key, found.message) == ("feeds.1.address", "feed 1 has this address already")


def test_an_edition_must_have_room_for_what_its_sections_need(write, whole):
    name = "newsletters/daily.toml"
    daily = whole[name].replace("maximum = 0", "maximum = 1", 1).replace("minimum = 0", "minimum = 2", 1)
    (found,) = problems(write(whole | {name: daily}))
    assert (found.key, found.line) == ("maximum", daily[: daily.index("maximum = 1")].count("\n") + 1)
    assert found.message == "the sections' minima are 2 stories together, more than the edition may have"


def test_two_accounts_on_x_may_not_tell_the_same_stories(write, whole):
    social = '[[accounts]]\nname = "one"\nnetwork = "x"\n[[accounts]]\nname = "two"\nnetwork = "x"\n'
    daily = whole["newsletters/daily.toml"].replace('"folder:newsroom"', '"x:one", "x:two"')
    (found,) = problems(write(whole | {"social.toml": social, "newsletters/daily.toml": daily}))
    assert (found.file, found.key) == ("config/newsletters/daily.toml", "channels")
    assert "X closes such accounts" in found.message


@pytest.mark.parametrize(
    ("table", "key", "says"),
    [
        ('endpoint = "https://models.example/v1"', "llm.model", "name the model"),
        ('endpoint = "models.example/v1"\nmodel = "quill-1"', "llm.endpoint", "an endpoint is written as"),
        ('endpoint = "https://key@models.example/v1"\nmodel = "q"', "llm.endpoint", "an endpoint is written as"),
        ('endpoint = "https://models.example/v1?key=1"\nmodel = "q"', "llm.endpoint", "an endpoint is written as"),
        (
            'endpoint = "https://m.example/v1"\nmodel = "q"\ntokens_a_day = 0',
            "llm.tokens_a_day",
            "nothing may be spent",
        ),
        (
            'endpoint = "https://m.example/v1"\nmodel = "q"\nmoney_a_day = 0.0\nprice_in = 1.0',
            "llm.money_a_day",
            "nothing may be spent",
        ),
        ("money_a_day = inf", "llm.money_a_day", "finite"),
        ('key = "sk-1"', "llm.key", "known"),
        ("timeout = 30", "llm.timeout", "a duration is"),
    ],
)
def test_mistakes_about_a_language_model(write, whole, table, key, says):
    text = whole["digest.toml"].partition("[llm]")[0]
    (found,) = problems(write(whole | {"digest.toml": f"{text}[llm]\n{table}\n"}))
    assert (found.file, found.key) == ("config/digest.toml", key)
    assert found.line > 0
    assert says in found.message


def test_a_newsletter_needs_a_name_that_links_can_carry(write, whole):
    found = problems(write(whole | {"newsletters/Daily News.toml": whole["newsletters/daily.toml"]}))
    assert [p.file for p in found] == ["config/newsletters/Daily News.toml"]


def test_a_key_in_the_wrong_file(write, whole):
    found = problems(write(whole | {"tags.toml": whole["tags.toml"] + '\n[site]\nname = "x"\n'}))
    assert [(p.file, p.key, p.message) for p in found] == [
        ("config/tags.toml", "site", "this belongs in config/digest.toml")
    ]


def test_nothing_at_all(tmp_path):
    (found,) = problems(tmp_path)
    assert found.file == "config/digest.toml"
    assert "digest init" in found.message


def test_the_shipped_values_are_those_of_no_file_at_all(tmp_path):
    """What stands in the files uncommented is what a newsroom gets without them, names and sections aside."""
    (tmp_path / "config" / "newsletters").mkdir(parents=True)
    (tmp_path / "config" / "digest.toml").write_text('[site]\nname = "The Example Courier"\n')
    (tmp_path / "config" / "newsletters" / "daily.toml").write_text('title = "The Daily Digest"\n')
    bare, shipped = load(tmp_path), load(folder("config").parent)
    assert bare.gather == shipped.gather
    assert bare.delivery == shipped.delivery
    assert bare.llm == shipped.llm
    own = {"title", "tagline", "schedule", "sections", "channels", "approval", "weights"}
    same = set(Newsletter.model_fields) - own
    assert bare.newsletters["daily"].model_dump(include=same) == shipped.newsletters["daily"].model_dump(include=same)
    assert set(Config.model_fields) >= {"site", "feeds"}
