"""docs/seeds.md holds every system, date and claim of the five documents, out of the catalogue's rows.

The page says nothing of its own: each of its table rows is one row of `seed_facts` or `systems`, written
out by `fact_line` and `system_line` below.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from config.facts import KINDS, Facts
from config.policy import Claim, SeedFact, System

ROOT = Path(__file__).parents[2]
COMMANDS = set(
    re.findall(r"^## yellowsea ([a-z]+(?: [a-z]+)?)", (ROOT / "docs/commands.md").read_text(), re.MULTILINE)
)
DOCUMENTS = {
    "000": "Press release of the Ministry of Environment of Korea, 16 March 2021",
    "001": "Press release of the Ministry of Environment of Korea, 24 June 2020",
    "002": "Press release of the Ministry of Foreign Affairs of Korea, January 2019",
    "003": "News article of January 2026",
    "004": "News release of China's Ministry of Ecology and Environment, June 2018",
}
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
MONTH = r"\b(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\b\.?"


def page() -> str:
    """The page."""
    return (ROOT / "docs/seeds.md").read_text(encoding="utf-8")


def seed_facts() -> list[SeedFact]:
    """Every fact of the documents."""
    return Facts().all("seed_facts", SeedFact)


def systems() -> list[System]:
    """Every system that the documents name."""
    return Facts().all("systems", System)


def cells(*texts: str | None) -> str:
    """A row of a table; what is not known is a dash."""
    return "| " + " | ".join((text or "–").replace("|", r"\|") for text in texts) + " |"


def coded(listed: str | None) -> str:
    """What stands between bars, as code."""
    return ", ".join(f"`{one}`" for one in (listed or "").split("|") if one)


def fact_line(fact: SeedFact) -> str:
    """The row of the page that shows a fact."""
    return cells(fact.id, fact.text, fact.date, fact.resolved, coded(fact.lives_in), coded(fact.shows))


def system_line(system: System) -> str:
    """The row of the page that shows a system."""
    parts = None if system.announced is None else f"{system.announced} announced, {system.named} named"
    return cells(f"`{system.id}`", system.name_en, parts, system.measurable, coded(system.shows))


@pytest.mark.parametrize("fact", seed_facts(), ids=lambda fact: fact.id)
def test_every_fact_stands_on_the_page_as_the_catalogue_has_it(fact: SeedFact) -> None:
    assert fact_line(fact) in page()


@pytest.mark.parametrize("system", systems(), ids=lambda system: system.id)
def test_every_system_stands_on_the_page_as_the_catalogue_has_it(system: System) -> None:
    assert system_line(system) in page()


def test_the_page_says_nothing_that_is_not_in_the_catalogue() -> None:
    known = {fact_line(fact) for fact in seed_facts()} | {system_line(system) for system in systems()}
    rows = [line for line in page().splitlines() if line.startswith("| ")]
    heads = {"| id | the document says | date | known | lives in | command |"}
    heads |= {"| id | system | parts | what is a number here | command |"}
    assert [row for row in rows if row not in known | heads] == []


@pytest.mark.parametrize("seed", DOCUMENTS)
def test_every_document_has_its_section_and_its_facts(seed: str) -> None:
    section = page().partition(f"### {seed}. {DOCUMENTS[seed]}\n")[2].partition("\n#")[0]
    assert [
        fact_line(fact) for fact in seed_facts() if fact.seed == seed and fact_line(fact) not in section
    ] == []
    assert section


@pytest.mark.parametrize("fact", seed_facts(), ids=lambda fact: fact.id)
def test_where_a_fact_lives_is_a_row_of_the_catalogue(fact: SeedFact, facts: Facts) -> None:
    for one in filter(None, (fact.lives_in or "").split("|")):
        kind, _, name = one.partition(":")
        assert kind in KINDS, one
        assert name in {row.fact.key[0] for row in facts.rows(kind)}, one


def test_what_lives_nowhere_and_is_not_shown_says_why() -> None:
    silent = [one.id for one in seed_facts() if not (one.lives_in and one.shows) and not one.resolved]
    assert silent == []


def test_every_command_named_is_one_that_is_described() -> None:
    shown = [one.shows for one in seed_facts()] + [one.shows for one in systems()]
    named = {command for one in shown if one for command in one.split("|")}
    assert named <= COMMANDS


def test_every_claim_of_a_document_is_named_on_the_page(facts: Facts) -> None:
    of_documents = [claim.id for claim in facts.all("claims", Claim) if claim.seed]
    assert of_documents
    assert [one for one in of_documents if f"`claims:{one}`" not in page()] == []


@pytest.mark.parametrize(
    ("system", "announced"), [("blue-sky-plan", 9), ("joint-observation-points", 8), ("joint-committee", 10)]
)
def test_parts_are_counted_as_named(system: str, announced: int) -> None:
    found = next(one for one in systems() if one.id == system)
    assert found.announced == announced
    assert found.named == len(list(filter(None, (found.parts or "").split("|"))))


def days(text: str) -> set[tuple[int, int]]:
    """Month and day of every date in a text, however it is written."""
    found = {(int(m), int(d)) for m, d in re.findall(r"(?:\d{4}-)?\b(\d\d)-(\d\d)\b", text)}
    after = rf"{MONTH} (?:the )?(\d{{1,2}})(?!\d)(?: and (\d{{1,2}})(?!\d))?"
    before = rf"(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {MONTH}"
    for name, *numbers in re.findall(after, text):
        found |= {(MONTHS.index(name.lower()) + 1, int(number)) for number in numbers if number}
    found |= {(MONTHS.index(name.lower()) + 1, int(number)) for number, name in re.findall(before, text)}
    return found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("January 23 and 22", {(1, 23), (1, 22)}),
        ("March the 16th", {(3, 16)}),
        ("the 22nd of January 2021", {(1, 22)}),
        ("on Jun. 25.", {(6, 25)}),
        ("2020-04-28", {(4, 28)}),
        ("in May 2017", set()),
    ],
)
def test_days_are_found_as_people_write_them(text: str, found: set[tuple[int, int]]) -> None:
    assert days(text) == found


@pytest.mark.parametrize("seed", DOCUMENTS)
def test_no_day_and_no_year_of_a_document_is_left_out(seed: str, shared: Path) -> None:
    [path] = (shared / "seeds").glob(f"{seed}_*.txt")
    said = path.read_text(encoding="utf-8").partition("Copyright©")[0]
    held = " ".join(f"{one.text} {one.date} {one.resolved}" for one in seed_facts() if one.seed == seed)
    assert days(said) - days(held) == set()
    assert set(re.findall(r"\b(?:19|20)\d\d\b", said)) - set(re.findall(r"(?:19|20)\d\d", held)) == set()
