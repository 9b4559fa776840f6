"""A folder of the user's own: rows of the same key stand in the place of the shipped, others are added."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config import own
from config.fact import FactError, read_rows
from config.facts import KINDS, Facts
from config.policy import Measure, Season

KST = timezone(timedelta(hours=9))
COMMON = {"source": "me", "confidence": "low"}


def measure(day: str = "2026-12-01", region: str = "kr-seoul", **more: object) -> Measure:
    return Measure.model_validate(
        {"date": day, "region": region, "kind": "emergency", "source": "me", "confidence": "low", **more}
    )


def written(folder: Path, kind: str, text: str) -> Facts:
    (folder / f"{kind}.csv").write_text(text, encoding="utf-8")
    return Facts(own=folder)


# Reading


def test_a_folder_that_is_not_there_changes_nothing(facts: Facts, tmp_path: Path) -> None:
    assert Facts(own=tmp_path / "nothing").measures == facts.measures


def test_a_row_of_a_shipped_key_stands_in_its_place(facts: Facts, tmp_path: Path) -> None:
    head = "id,country,number,name_en,name_ko,name_zh,start,end,source,confidence\n"
    mine = written(tmp_path, "seasons", head + "kr-2024,KR,6,mine,내것,我的,2024-12-01,2025-02-28,me,low\n")
    assert mine.seasons["kr-2024"].end == date(2025, 2, 28)
    assert list(mine.seasons) == list(facts.seasons), "in its place, not at the end"


def test_a_row_of_another_key_is_added(facts: Facts, tmp_path: Path) -> None:
    own.put(tmp_path, "measures", measure())
    mine = Facts(own=tmp_path)
    assert len(mine.measures) == len(facts.measures) + 1
    assert measure() in mine.measures


def test_rows_without_a_key_are_added(facts: Facts, tmp_path: Path) -> None:
    head = "station,what,value,source,confidence\n"
    mine = written(tmp_path, "station_aliases", head + "airkorea-111123,name,jongno,me,low\n")
    assert len(mine.aliases) == len(facts.aliases) + 1


def test_a_file_saved_by_a_spreadsheet_is_read(tmp_path: Path) -> None:
    own.put(tmp_path, "measures", measure())
    path = tmp_path / "measures.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert measure() in Facts(own=tmp_path).measures


def test_a_withdrawn_measure_is_no_measure(facts: Facts, tmp_path: Path) -> None:
    shipped = next(one for one in facts.measures if one.region == "kr-seoul")
    own.put(tmp_path, "measures", shipped.model_copy(update={"status": "withdrawn"}))
    mine = Facts(own=tmp_path)
    assert shipped.key not in {one.key for one in mine.measures}
    assert len(mine.rows("measures")) == len(facts.rows("measures"))


MEASURES = "date,region,kind,source,confidence"


@pytest.mark.parametrize(
    ("kind", "head", "row", "said"),
    [
        ("measures", MEASURES, "2026-13-01,kr-seoul,emergency,me,low", "row 2, column date"),
        ("measures", MEASURES, "2026-12-01,kr-seoul,urgent,me,low", "row 2, column kind"),
        ("measures", MEASURES, "2026-12-01,kr-soul,emergency,me,low", "row 2, column region: 'kr-soul'"),
        ("measures", MEASURES, "2026-12-01,kr-seoul,emergency,,low", "row 2, column source"),
        ("measures", MEASURES, "2026-12-01,kr-seoul,emergency,me,low,more", "row 2: more cells than columns"),
        (
            "measures",
            f"{MEASURES},lifted_at",
            "2026-12-01,kr-seoul,emergency,me,low,2026-12-01T12:00",
            "lifted_at has no offset: write 2026-12-01T12:00:00+09:00",
        ),
        ("seasons", "id,country", "kr-2030,KR", "row 2, column source"),
        ("networks", "id,name,operator,nick,source,confidence", "x,X,X,x,me,low", "row 2, column nick"),
        ("mesures", "date", "2026-12-01", "there is no such kind of fact"),
    ],
)
def test_a_faulty_file_is_named_by_file_row_and_column(
    tmp_path: Path, kind: str, head: str, row: str, said: str
) -> None:
    mine = written(tmp_path, kind, f"{head}\n{row}\n")
    with pytest.raises(FactError) as refused:
        mine.check()
    assert said in str(refused.value)
    assert str(refused.value).startswith(f"{kind}.csv")
    assert "\n" not in str(refused.value)


def test_two_versions_of_a_membership_never_hold_on_one_day(facts: Facts, tmp_path: Path) -> None:
    head = "region,member,valid_from,source,confidence\n"
    mine = written(tmp_path, "region_members", head + "kr,kr-seoul,2030-01-01,me,low\n")
    with pytest.raises(
        FactError, match="row 2, column valid_from: another version of kr kr-seoul holds then"
    ):
        mine.check()


# Writing


def test_put_replaces_the_row_of_its_key_and_leaves_the_others(tmp_path: Path) -> None:
    for day in ("2026-12-01", "2026-12-02"):
        own.put(tmp_path, "measures", measure(day))
    own.put(tmp_path, "measures", measure("2026-12-01", note="seen twice"))
    rows = [row.fact for row in read_rows(tmp_path / "measures.csv", Measure)]
    assert rows == [measure("2026-12-01", note="seen twice"), measure("2026-12-02")]


def test_a_file_is_written_in_the_order_in_which_people_read(tmp_path: Path) -> None:
    path = own.put(tmp_path, "measures", measure())
    columns = path.read_text(encoding="utf-8").splitlines()[0].split(",")
    assert columns[:3] == ["date", "region", "kind"]
    assert columns[-3:] == ["source", "confidence", "note"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_columns_of_a_kind_are_all_of_its_fields(kind: str) -> None:
    model = KINDS[kind]
    assert sorted(model.columns()) == sorted(model.model_fields)


def test_a_fault_while_writing_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = own.put(tmp_path, "measures", measure())
    before = path.read_bytes()

    def full(*_: object) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(FactError, match=r"cannot be written: No space left on device"):
        own.put(tmp_path, "measures", measure("2026-12-02"))
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["measures.csv"], "nothing is left beside it"


def test_a_faulty_file_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "measures.csv"
    path.write_text("date,region\n2026-12-01,kr-seoul\n", encoding="utf-8")
    with pytest.raises(FactError, match="row 2"):
        own.put(tmp_path, "measures", measure())
    assert path.read_text(encoding="utf-8").startswith("date,region\n")


_text = st.text(st.characters(codec="utf-8", exclude_categories=("Cc",)), max_size=20)
_moment = st.none() | st.datetimes(
    # hypothesis takes naive bounds and gives aware times
    datetime(2017, 1, 1),  # noqa: DTZ001
    datetime(2040, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([KST, UTC]),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(
    note=st.none() | _text.filter(str.strip),
    step=st.none() | st.sampled_from(["관심", "주의", "a,b", 'says "no"', "two\nlines"]),
    announced_at=_moment,
    vehicle_rules=st.none() | st.booleans(),
    confidence=st.sampled_from(["high", "medium", "low"]),
)
def test_what_is_written_is_read_back(tmp_path: Path, **given_: object) -> None:
    one = measure(**given_)
    path = own.put(tmp_path, "measures", one)
    assert [row.fact for row in read_rows(path, Measure)] == [one]


def test_numbers_keep_their_key(facts: Facts, tmp_path: Path) -> None:
    figure = next(one for one in facts.published if one.value == int(one.value))
    own.put(tmp_path, "published", figure)
    mine = Facts(own=tmp_path)
    assert len(mine.published) == len(facts.published), "the same figure again is no other one"
    with (tmp_path / "published.csv").open(encoding="utf-8", newline="") as file:
        assert float(next(csv.DictReader(file))["value"]) == figure.value


def test_a_season_of_the_user_s_own_is_a_season(tmp_path: Path) -> None:
    one = Season(
        id="kr-2012", country="KR", name_en="pilot", name_ko="시범", name_zh="试点",
        start=date(2012, 12, 1), end=date(2013, 2, 28), **COMMON,
    )  # fmt: skip
    own.put(tmp_path, "seasons", one)
    assert Facts(own=tmp_path).seasons["kr-2012"] == one
