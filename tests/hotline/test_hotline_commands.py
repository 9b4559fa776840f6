"""The hotline on the command line, with rules and recipients of a user's own."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cli import main
from config.fact import FactError
from config.facts import Facts
from config.notices import NoticeRule
from hotline.watch import concerned
from store.engine import Store
from tests.hotline.conftest import Post, person
from tests.hotline.receiver import Receiver

PEOPLE = """
[[recipients]]
id = "desk"
channel = "webhook"
address = "{url}/T0KEN"
language = "ko"
audiences = "decision|operation"
quiet_from = 22:00:00
quiet_to = 07:00:00
source = "asked for"
confidence = "high"
"""
RULES = """
[[notices]]
id = "kr-forecast"
about = "forecast"
regions = "kr-busan"
thresholds = [35]
tell = "air"
source = "ours"
confidence = "low"

[[notices]]
id = "port"
about = "alert"
regions = "kr-busan"
alerts = "warning"
tell = "port"
source = "ours"
confidence = "low"
"""


@dataclass
class Told:
    """What one call gave."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The answer."""
        return json.loads(self.out)  # type: ignore[no-any-return]


Ask = Callable[..., Told]


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The user's folder of the catalogue."""
    folder = tmp_path / "own"
    folder.mkdir()
    return folder


@pytest.fixture
def ask(
    sqlite_url: str, own: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Ask:
    """The command, with a database and a folder of its own."""
    for name in [name for name in os.environ if name.startswith("YELLOWSEA_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("YELLOWSEA_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("YELLOWSEA_CATALOGUE", str(own))
    monkeypatch.chdir(own)

    def call(*words: str) -> Told:
        monkeypatch.setattr(sys, "argv", ["yellowsea", "hotline", *words])
        with pytest.raises(SystemExit) as ended:
            main.run()
        out, err = capsys.readouterr()
        return Told(int(ended.value.code or 0), out, err)

    return call


def test_rules_show_whom_they_reach_and_no_address(ask: Ask, own: Path) -> None:
    (own / "recipients.toml").write_text(PEOPLE.format(url="https://example.org"))
    told = ask("rules", "--format", "json")
    reached = {row["rule"]: row["recipients"] for row in told.json["rules"]}
    assert reached["kr-alert"] == reached["source-silent"] == ["desk (webhook, ko)"]
    assert "T0KEN" not in told.out
    assert "T0KEN" not in ask("rules").out


def test_a_rule_of_ones_own_takes_the_shipped_ones_place_or_is_added(own: Path) -> None:
    (own / "notices.toml").write_text(RULES)
    facts = Facts(own=own)
    facts.check()
    rules = {one.id: one for one in facts.all("notices", NoticeRule)}
    assert rules["kr-forecast"].thresholds == (35.0,)
    assert {"port", "kr-alert", "source-silent"} <= set(rules)


def test_a_recipient_of_a_group_of_regions_hears_of_its_members_alone(own: Path) -> None:
    capital = PEOPLE.format(url="https://example.org") + 'regions = "kr-capital"\n'
    (own / "recipients.toml").write_text(capital)
    facts = Facts(own=own)
    rules = {one.id: one for one in facts.all("notices", NoticeRule)}
    heard = {
        region: len(concerned(facts, rules["kr-alert"], region)) for region in ("kr-incheon", "kr-busan")
    }
    assert heard == {"kr-incheon": 1, "kr-busan": 0}
    assert len(concerned(facts, rules["source-silent"], "airkorea")) == 1


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[35]", "[75, 35]", "notices.toml, row 1, column the row: Value error, thresholds rise"),
        ('alerts = "warning"\n', "", "notices.toml, row 2, column the row: Value error, a rule about alert"),
        ("kr-busan", "kr-x", "notices.toml, row 1, column regions: 'kr-x' is not in the catalogue"),
        ("[[notices]]", "[[notes]]", "notices.toml: holds tables called [[notices]] and nothing else"),
        ("[35]", "[35", "notices.toml: is no TOML file in UTF-8"),
        ('id = "port"', 'id = "kr-forecast"', "notices.toml, row 2, column id: kr-forecast stands twice"),
    ],
)
def test_a_faulty_rule_is_named(own: Path, old: str, new: str, said: str) -> None:
    (own / "notices.toml").write_text(RULES.replace(old, new))
    with pytest.raises(FactError) as refused:
        Facts(own=own).check()
    assert str(refused.value).startswith(said)


def test_a_faulty_recipient_is_named_without_the_address(own: Path) -> None:
    (own / "recipients.toml").write_text(PEOPLE.format(url="ftp://example.org"))
    with pytest.raises(FactError) as refused:
        Facts(own=own).check()
    assert str(refused.value).startswith("recipients.toml, row 1")
    assert "T0KEN" not in str(refused.value)


def test_notices_are_listed_and_acknowledged(ask: Ask, sqlite_store: Store) -> None:
    assert ask("list").out.startswith("0 notices")
    office = Post(sqlite_store, Facts(), [person("log", language="ko")])
    number = office.file().id
    office.courier().deliver()
    assert ask("list").code == 0
    [row] = ask("list", "--format", "json", "--lang", "ko").json["notices"]
    assert (row["title"], row["deliveries"][0]["state"]) == ("서울: 초미세먼지 주의보", "delivered")
    assert ask("acknowledge", str(number), "--recipient", "kim").code == 0
    [row] = ask("list", "--format", "json").json["notices"]
    assert row["deliveries"][0]["acknowledged_at"] is not None
    assert ask("acknowledge", "99").code == 3


def test_a_delivery_that_was_given_up_is_bad_news(ask: Ask, sqlite_store: Store) -> None:
    office = Post(sqlite_store, Facts(), [person("log")])
    office.file()
    Post(sqlite_store, office.facts, [])
    office.courier().deliver()
    told = ask("list")
    assert told.code == 1
    assert "no log in the catalogue any more" in told.out


def test_a_test_arrives_and_a_fault_is_told(ask: Ask, own: Path, receiver: Receiver) -> None:
    (own / "recipients.toml").write_text(PEOPLE.format(url=receiver.url))
    assert ask("test", "desk").code == 0
    [got] = receiver.got
    assert got.json["title"] == "핫라인 시험"
    receiver.script = [500]
    told = ask("test", "desk", "--format", "json")
    assert (told.code, told.json["sent"][0]["error"]) == (4, "127.0.0.1 answers HTTP 500")
    assert ask("test", "nobody").code == 2


def test_a_dry_run_needs_something_held(ask: Ask) -> None:
    assert ask("dry-run", "--from", "2010-01-01", "--to", "2010-01-02").code == 3
    assert ask("dry-run", "--from", "2010-01-01", "--to", "2010-01-02", "--rule", "x").code == 2
