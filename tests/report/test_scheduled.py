"""Which scheduled reports are due, what is written of them, and what is kept."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from typer.testing import CliRunner

from analysis.episodes import Profile
from cli.main import report
from config.facts import Facts
from config.scheduled import ScheduledReport
from report import kept
from report.followed import Followed, settled_through
from report.kept import INDEX, Shelf, listed
from report.press import Press
from report.question import QuestionError
from report.scheduled import Due, Ended, Held, by_clock, by_episode, by_season, outdated, tasks
from report.stations_held import Desk
from store import ledger

SEOUL = ZoneInfo("Asia/Seoul")
START = datetime(2019, 3, 1, tzinfo=SEOUL)
_DAY = timedelta(days=1)


def row(kind: str = "brief", **how: Any) -> ScheduledReport:
    told = {
        "id": kind,
        "kind": kind,
        "regions": "kr",
        "at": "17:15",
        "source": "a test",
        "confidence": "high",
    }
    return ScheduledReport(**{**told, **how})


def written(due: Due, language: str = "en", version: int = 1) -> Held:
    told = {
        key: getattr(due, key) for key in ("spec", "kind", "name", "at", "regions", "first", "last", "digest")
    }
    return Held(**told, language=language, version=version, written_at=due.at)


minutes = st.integers(0, 14 * 24 * 60).map(lambda n: START + timedelta(minutes=n))
rows = st.builds(
    lambda kind, hour, days: row(kind, at=time(hour, 30), catch_up_days=days),
    st.sampled_from(["brief", "morning"]),
    st.integers(0, 23),
    st.integers(1, 10),
)


# By the clock


@given(rows, st.lists(minutes, min_size=1, max_size=12))
def test_any_sequence_of_passes_gives_the_files_of_one_pass(
    spec: ScheduledReport, clock: list[datetime]
) -> None:
    """Within the span that is caught up, whatever the clock did in between."""
    names: set[tuple[str, datetime]] = set()
    for now in clock:
        names |= {(one.name, one.at) for one in by_clock(spec, SEOUL, now)}
    last = max(clock)
    reached = {name for name, at in names if last - spec.catch_up_days * _DAY < at <= last}
    assert reached == {one.name for one in by_clock(spec, SEOUL, last)}


@given(rows, minutes, st.sampled_from([("en",), ("en", "ko", "zh")]))
def test_a_second_pass_writes_nothing(spec: ScheduledReport, now: datetime, spoken: tuple[str, ...]) -> None:
    due, languages = by_clock(spec, SEOUL, now), {spec.id: spoken}
    first = tasks(due, [], languages)
    assert len(first) == len(due) * len(spoken)
    assert tasks(due, [written(one.due, one.language) for one in first], languages) == []


@given(rows, minutes, st.integers(1, 30))
def test_what_is_deleted_is_never_due_again(spec: ScheduledReport, now: datetime, more: int) -> None:
    spec = spec.model_copy(update={"keep_days": spec.catch_up_days + more})
    later = now + timedelta(days=more)
    held = [written(one) for one in by_clock(spec, SEOUL, now)]
    gone = {one.name for one in outdated(held, [spec], later)}
    assert gone.isdisjoint(one.name for one in by_clock(spec, SEOUL, later))


def test_a_report_is_due_from_its_minute_on() -> None:
    before, at = (datetime(2019, 3, 5, 17, minute, tzinfo=SEOUL) for minute in (14, 15))
    spec = row(catch_up_days=1)
    assert [one.name for one in by_clock(spec, SEOUL, before)] == ["brief-2019-03-04"]
    assert [one.name for one in by_clock(spec, SEOUL, at)] == ["brief-2019-03-05"]
    (morning,) = by_clock(row("morning", at="07:30", catch_up_days=1), SEOUL, at)
    assert (morning.name, morning.first) == ("morning-2019-03-05", date(2019, 3, 4))


def test_a_season_has_its_report_once_it_closed(facts: Facts) -> None:
    spec = row("season", at="09:00", wait_days=7, catch_up_days=30)
    korean = [one for one in facts.seasons.values() if one.country == "KR"]
    asked = [datetime(2020, 4, day, 9, tzinfo=SEOUL) for day in (7, 8)]
    assert [[one.name for one in by_season(spec, "kr", korean, SEOUL, now)] for now in asked] == [
        [],
        ["season-kr-2019"],
    ]


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"kind": "episode"}, "needs a profile"),
        ({"languages": "en|de"}, "not de"),
        ({"keep_days": 3, "catch_up_days": 3}, "keep_days is more"),
        ({"regions": "kr|cn"}, "one region"),
        ({"id": "../up"}, "pattern"),
    ],
)
def test_a_row_that_cannot_work_is_refused(how: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        row(**how)


def test_the_shipped_rows_can_be_followed(facts: Facts) -> None:
    shipped = facts.all("scheduled_reports", ScheduledReport)
    assert {one.kind for one in shipped} == {"brief", "morning", "episode", "season"}
    for one in shipped:
        if one.profile:
            assert facts.profiles[one.profile].level == "value"


# Episodes

WATCH = row("episode", regions="kr-seoul", profile="kr-high-day", at="09:00", wait_days=2, catch_up_days=7)


def told(first: int, last: int, digest: str = "a") -> Ended:
    days = [date(2019, 3, one) for one in (first, last)]
    return Ended(str(days[0]), *days, digest)


def of_episodes(ended: list[Ended], held: list[Held], now: datetime) -> list[Any]:
    return tasks(by_episode(WATCH, "kr-seoul", ended, held, SEOUL, now), held, {"episode": ("en",)})


def test_an_episode_is_told_when_it_settled_and_again_when_it_changed() -> None:
    early, now = (datetime(2019, 3, 10, hour, tzinfo=SEOUL) for hour in (8, 9))
    assert of_episodes([told(1, 7)], [], early) == []
    (first,) = of_episodes([told(1, 7)], [], now)
    assert (first.due.name, first.version) == ("episode-kr-seoul-2019-03-01", 1)
    held = [written(first.due)]
    assert of_episodes([told(1, 7)], held, now + 30 * _DAY) == []
    (second,) = of_episodes([told(1, 7, "b")], held, now + 30 * _DAY)
    assert (second.version, second.replaces) == (2, tuple(held))


def test_a_moved_onset_takes_the_place_of_the_earlier_report() -> None:
    now = datetime(2019, 3, 10, 9, tzinfo=SEOUL)
    held = [written(one.due) for one in of_episodes([told(1, 7)], [], now)]
    (moved,) = of_episodes([told(2, 7)], held, now)
    assert (moved.due.name, moved.replaces) == ("episode-kr-seoul-2019-03-02", tuple(held))


def test_two_episodes_that_share_a_day_do_not_push_each_other_out() -> None:
    now = datetime(2019, 3, 10, 9, tzinfo=SEOUL)
    both = [told(1, 5), replace(told(5, 7), onset="2019-03-05T20h")]
    held = [written(one.due) for one in of_episodes(both, [], now)]
    assert len(held) == 2
    assert of_episodes(both, held, now) == []


# The folder


def a_report(day: int = 5, language: str = "en") -> Held:
    (due,) = by_clock(row(catch_up_days=1), SEOUL, datetime(2019, 3, day, 18, tzinfo=SEOUL))
    return written(due, language)


def test_a_report_and_its_row_are_there_or_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = Shelf(tmp_path)
    shelf.put(a_report(), "old")
    before = (tmp_path / INDEX).read_text()

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(kept.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        shelf.put(a_report(), "new")
    assert (tmp_path / "brief-2019-03-05.en.html").read_text() == "old"
    assert (tmp_path / INDEX).read_text() == before
    assert {one.name for one in tmp_path.iterdir()} == {"brief-2019-03-05.en.html", INDEX}


def test_a_file_that_somebody_deleted_is_not_held(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    for language in ("en", "ko"):
        shelf.put(a_report(language=language), language)
    (tmp_path / "brief-2019-03-05.ko.html").unlink()
    assert [one.language for one in shelf.held()] == ["en"]
    assert shelf.drop(shelf.held()) == [tmp_path / "brief-2019-03-05.en.html"]
    assert [one.name for one in tmp_path.iterdir()] == [INDEX]


def test_an_index_never_leads_out_of_the_folder(tmp_path: Path) -> None:
    Shelf(tmp_path).put(a_report(), "text")
    path = tmp_path / INDEX
    rows_ = json.loads(path.read_text())
    rows_["reports"][0] |= {"name": "../up", "file": "../up.en.html"}
    path.write_text(json.dumps(rows_))
    with pytest.raises(QuestionError, match="no index of reports"):
        Shelf(tmp_path).held()


def test_a_list_needs_a_folder_and_a_kind_that_there_is(tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match="YELLOWSEA_REPORTS"):
        listed(None)
    with pytest.raises(QuestionError, match="not weekly"):
        listed(tmp_path, "weekly")
    assert listed(tmp_path / "none yet")["reports"] == []


# Episodes as hours settle, through the database

FIRST = date(2019, 3, 1)
HIGH_DAY = "kr-high-day"


def followed(air: Any, profile: str) -> Followed:
    rule = Profile.from_fact(air.facts.profiles[profile])
    return Followed(air.asked(region="kr-seoul", on="2019-03-01"), rule, FIRST)


def update(air: Any, one: Followed, day: int, hour: int = 0) -> None:
    through = int(datetime(2019, 3, day, hour, tzinfo=SEOUL).timestamp()) // 3600
    with air.store.read() as connection:
        one.update(Desk(connection, air.facts), through)


def test_following_days_gives_what_all_days_at_once_give(air: Any) -> None:
    follow_and_compare(air, HIGH_DAY)


def test_following_hours_gives_what_all_hours_at_once_give(local_air: Any) -> None:
    follow_and_compare(local_air, "kr-advisory")


def follow_and_compare(air: Any, profile: str) -> None:
    """Hours settle day by day; one station comes late, one day is revised up and one down."""
    first, second = air.of("kr-seoul", count=2)
    high = [20.0, 80.0, 90.0, 40.0, 30.0, 120.0, 20.0, 20.0]
    live = followed(air, profile)
    for day, value in enumerate(high, start=1):
        air.day(first, f"2019-03-{day:02}", value)
        if day != 3:
            air.day(second, f"2019-03-{day:02}", value)
        update(air, live, day, 12)
        update(air, live, day + 1)
        if day == 4:
            air.day(second, "2019-03-03", 130.0)  # late
        if day == 6:
            air.day(first, "2019-03-04", 160.0)  # revised: two episodes are one
        if day == 7:
            for station in (first, second):
                air.day(station, "2019-03-02", 21.0)  # revised: the onset moves
        update(air, live, day + 1)
        if day < 4:
            continue
        fresh = followed(air, profile)
        update(air, fresh, day + 1)
        assert live.episodes() == fresh.episodes()
        np.testing.assert_array_equal(live._values, fresh._values)
    ended = [(one.first.day, one.last.day) for one in live.ended()]
    assert ended == [(3, 4), (6, 6)]
    asked = air.episodes(profile, region="kr-seoul", since="2019-03-01", until="2019-03-08")
    assert [one["start"] for one in asked] == [one["start"] for one in live.episodes()]


def test_nothing_is_read_where_nothing_came(local_air: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (station,) = local_air.of("kr-seoul")
    for day in range(1, 6):
        local_air.day(station, f"2019-03-{day:02}", 60.0)
    live = followed(local_air, HIGH_DAY)
    update(local_air, live, 6)
    read: list[date] = []
    of_day = Followed._of_day
    monkeypatch.setattr(
        Followed, "_of_day", lambda self, desk, day, to: read.append(day) or of_day(self, desk, day, to)
    )
    update(local_air, live, 6)
    assert read == []
    local_air.day(station, "2019-03-06", 20.0)
    update(local_air, live, 7)
    assert set(read) <= {date(2019, 3, 5), date(2019, 3, 6)}
    assert len(live.ended()) == 1


def test_an_archive_is_settled_as_far_as_it_is_held(local_air: Any) -> None:
    (station,) = local_air.of("kr-seoul")
    local_air.day(station, "2019-03-05", 60.0)
    asked = local_air.asked(region="kr-seoul", on="2019-03-05")
    with local_air.store.read() as connection:
        desk = Desk(connection, local_air.facts)
        end = int(datetime(2019, 3, 6, tzinfo=SEOUL).timestamp()) // 3600
        assert settled_through(desk, asked, {}) == end
        assert settled_through(desk, replace(asked, pollutant="pm10"), {}) is None


# The press


@pytest.fixture
def own(tmp_path: Path) -> Facts:
    """A catalogue that watches Seoul, in two languages."""
    folder = tmp_path / "own"
    folder.mkdir()
    head = "id,kind,regions,profile,at,wait_days,languages,catch_up_days,keep_days,source,confidence"
    lines = [
        "brief,brief,kr-seoul,,17:15,0,en|ko,1,20,a test,high",
        "morning,morning,kr-seoul|cn-jjj-2p36,,07:30,0,zh,1,20,a test,high",
        "episode,episode,kr-seoul,kr-high-day,09:00,1,en,7,,a test,high",
    ]
    (folder / "scheduled_reports.csv").write_text("\n".join([head, *lines, ""]))
    return Facts(own=folder)


def test_reports_are_written_once_revised_with_a_version_and_deleted_in_time(
    local_air: Any, own: Facts, tmp_path: Path
) -> None:
    (station,) = local_air.of("kr-seoul")
    for day, value in zip(range(1, 7), [20.0, 70.0, 80.0, 30.0, 20.0, 20.0], strict=True):
        local_air.day(station, f"2019-03-{day:02}", value)
    folder = tmp_path / "reports"
    press = Press(local_air.store, own, folder, ("en",), {}, list)
    now = datetime(2019, 3, 5, 17, 30, tzinfo=SEOUL).astimezone(UTC)
    assert [one.name for one in press.due(now).written] == [
        "morning-2019-03-05.zh.html",
        "episode-kr-seoul-2019-03-02.en.html",
        "brief-2019-03-05.en.html",
        "brief-2019-03-05.ko.html",
    ]
    assert press.due(now).written == Press(local_air.store, own, folder, ("en",), {}).due(now).written == []
    texts = {one.name: one.read_text() for one in folder.glob("*.html")}
    assert "80.0" in texts["episode-kr-seoul-2019-03-02.en.html"]
    assert '<html lang="ko">' in texts["brief-2019-03-05.ko.html"]
    assert "没有滞后的来源" in texts["morning-2019-03-05.zh.html"]
    for text in texts.values():
        assert "<script" not in text
        assert "no measure<" not in text

    local_air.day(station, "2019-03-03", 95.0)  # revised
    (again,) = press.due(now).written
    assert "Version 2" in again.read_text()
    assert [one["version"] for one in listed(folder, "episode")["reports"]] == [2]

    done = press.due(now + timedelta(days=21))
    assert {one.name.split("-")[0] for one in done.deleted} == {"brief", "morning"}
    assert [one.name for one in folder.glob("*.html")] == [again.name]


def test_a_day_of_which_nothing_is_held_has_no_report_until_something_comes(
    local_air: Any, own: Facts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    press = Press(local_air.store, own, tmp_path / "reports", ("en",), {})
    now = datetime(2024, 7, 5, 8, tzinfo=SEOUL)
    done = press.due(now)
    assert done.written == []
    assert set(done.nothing) == {"brief-2024-07-04", "morning-2024-07-05"}
    assert press.due(now).nothing == {}  # nothing came: it is not asked again
    (station,) = local_air.of("kr-seoul", day="2024-07-04")
    local_air.day(station, "2024-07-04", 12.0)
    assert press.due(now).written == []  # too early
    assert {one.name for one in press.due(now + timedelta(hours=1)).written} == {
        "brief-2024-07-04.en.html",
        "brief-2024-07-04.ko.html",
        "morning-2024-07-05.zh.html",
    }


def test_a_report_that_fails_keeps_none_of_the_others(
    local_air: Any, own: Facts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (station,) = local_air.of("kr-seoul")
    local_air.day(station, "2019-03-04", 20.0)

    def broken(*_: Any) -> None:
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr("report.press.morning.ask", broken)
    press = Press(local_air.store, own, tmp_path / "reports", ("en",), {})
    with pytest.raises(RuntimeError, match="a mistake of ours"):
        press.due(datetime(2019, 3, 5, 8, tzinfo=SEOUL))
    assert {one.name for one in (tmp_path / "reports").glob("*.html")} == {
        "brief-2019-03-04.en.html",
        "brief-2019-03-04.ko.html",
    }


def test_after_a_stop_what_was_missed_waits_for_hours_that_are_being_brought(
    local_air: Any, own: Facts, tmp_path: Path
) -> None:
    (station,) = local_air.of("kr-seoul")
    local_air.day(station, "2019-03-04", 20.0)
    began = datetime(2019, 3, 5, 8, tzinfo=SEOUL)
    hour = int(began.timestamp()) // 3600
    with local_air.store.write() as connection:
        ledger.open_hours(connection, "airkorea", "national", hour - 20, hour)
    sources = {"airkorea-live": "airkorea"}
    press = Press(local_air.store, own, tmp_path, ("en",), sources, None, timedelta(hours=3))
    assert press.due(began).written == []
    with local_air.store.write() as connection:
        for window in ledger.unsettled(connection, "airkorea"):
            ledger.note_presence(connection, window.id, 1, 1)
    assert len(press.due(began).written) == 3


# The commands


def test_cron_writes_what_is_due_once_and_lists_it(
    local_air: Any, own: Facts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (station,) = local_air.of("kr-seoul")
    local_air.day(station, "2019-03-04", 20.0)
    folder = tmp_path / "reports"
    monkeypatch.setenv("YELLOWSEA_DATABASE_URL", local_air.store.url.render_as_string())
    monkeypatch.setenv("YELLOWSEA_CATALOGUE", str(own.own))
    without = CliRunner().invoke(report.app, ["due"])
    assert isinstance(without.exception, QuestionError)
    monkeypatch.setenv("YELLOWSEA_REPORTS", str(folder))
    at = ["due", "--at", "2019-03-05T08:00+09:00"]
    names = ["brief-2019-03-04.en.html", "brief-2019-03-04.ko.html", "morning-2019-03-05.zh.html"]
    dry = CliRunner().invoke(report.app, [*at, "--dry-run"])
    assert (dry.exit_code, dry.stdout.split()) == (0, names)
    assert not folder.exists()
    assert [Path(one).name for one in CliRunner().invoke(report.app, at).stdout.split()] == names
    again = CliRunner().invoke(report.app, at)
    assert (again.exit_code, again.stdout, again.stderr) == (0, "", "nothing is due\n")
    told = json.loads(CliRunner().invoke(report.app, ["list", "--format", "json"]).stdout)
    assert sorted(one["file"] for one in told["reports"]) == names
