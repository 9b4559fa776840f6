"""The gaps of a sheet: runs of hours (or days) that are told alike, each with where it can be had."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from config.clock import civil
from report.answer import Answer, local
from report.expected import Line
from report.question import Question
from report.reach import Offer, Reaches
from report.stations_held import Desk
from store import ledger
from store.presence import ABSENT, VALUE, presence

Codes = npt.NDArray[np.int32]

# What a cell is told by: its status, how the ledger has its hour, whether a route still reaches it.
_WINDOWS = (None, "open", "settled", "lost")
_STATES = {"open": 1, "leased": 1, "settled": 2, "lost": 3}
_HAD = -1  # a value stands there, or nothing is expected
_NOBODY = 256  # status codes end below


@dataclass
class Windows:
    """How the ledger has the hours of a span: index into `_WINDOWS`, and the reasons by hour number."""

    state: npt.NDArray[np.int32]
    reasons: dict[int, str]


@dataclass
class Sheet:
    """Lines of one period and phase on one axis: columns are `step` hours apart from `first` on."""

    lines: list[Line]
    first: int
    step: int
    codes: npt.NDArray[np.uint8]
    expected: npt.NDArray[np.bool_]

    @property
    def starts(self) -> npt.NDArray[np.int64]:
        """The hour number of each column."""
        return self.first + self.step * np.arange(self.codes.shape[1], dtype=np.int64)


def sheets_of(desk: Desk, question: Question, expected: list[Line]) -> list[Sheet]:
    """A sheet for the hourly lines, and one for daily ones whose days begin at the same hour of UTC."""
    groups: dict[int, list[Line]] = defaultdict(list)
    for line in expected:
        begun = next((one.first for one in line.series if one.first is not None), line.first)
        groups[-1 if line.period == "PT1H" else begun % 24].append(line)
    return [_sheet(desk, question, members) for members in groups.values()]


def _sheet(desk: Desk, question: Question, members: list[Line]) -> Sheet:
    low, high = question.hours
    step = 1 if members[0].period == "PT1H" else 24
    begun = next((one.first for line in members for one in line.series if one.first is not None), low)
    first = low + (begun - low) % step
    series = [one for line in members for one in line.series]
    read = presence(desk.connection, series, low, high, question.as_of)[:, first - low :: step]
    codes = np.full((len(members), read.shape[1]), ABSENT, np.uint8)
    at = 0
    for row, line in enumerate(members):
        for own in read[at : at + len(line.series)]:
            # A value stands before a status, a status before nothing: the smaller code.
            np.minimum(codes[row], own, out=codes[row])
        at += len(line.series)
    starts = first + step * np.arange(codes.shape[1])
    begins, ends = (np.array([getattr(line, name) for line in members])[:, None] for name in ("first", "end"))
    return Sheet(members, first, step, codes, (starts >= begins) & (starts < ends))


class Teller:
    """Tells the gaps of a sheet."""

    def __init__(self, desk: Desk, question: Question, reaches: Reaches, sheet: Sheet) -> None:
        self.desk, self.question, self.reaches, self.sheet = desk, question, reaches, sheet
        self.status = {one.code: one for one in desk.facts.statuses.values()}
        self.windows = {feed: self._windows(feed) for feed in {line.feed for line in sheet.lines}}
        self.elsewhere = _elsewhere(sheet)

    def gaps(self) -> Iterator[Answer]:
        """Runs of columns that are told alike, row by row."""
        codes = self._told_by()
        edges = np.full((len(codes), 1), _HAD, np.int32)
        walled = np.hstack([edges, codes, edges])
        rows, columns = np.nonzero(walled[:, 1:] != walled[:, :-1])
        for row, begin, after, end in zip(rows, columns, rows[1:], columns[1:], strict=False):
            if row == after and codes[row, begin] != _HAD:
                yield self._gap(int(row), int(begin), int(end), int(codes[row, begin]))

    def _told_by(self) -> Codes:
        sheet = self.sheet
        codes = sheet.codes.astype(np.int32)
        for row, line in enumerate(sheet.lines):
            reached = (sheet.starts >= self.reaches.oldest(line.feed)).astype(np.int32)
            codes[row] += _NOBODY * (self.windows[line.feed].state + len(_WINDOWS) * reached)
        codes[~sheet.expected | (sheet.codes == VALUE)] = _HAD
        return codes

    def _windows(self, feed: str) -> Windows:
        state, reasons = np.zeros(self.sheet.codes.shape[1], np.int32), {}
        source = self.reaches.source(feed)
        if source is not None:
            first, step = self.sheet.first, self.sheet.step
            windows = ledger.windows_between(self.desk.connection, source, first, first + step * len(state))
            for one in windows:
                state[(one.start - first) // step] = _STATES[one.state]
                if one.reason:
                    reasons[one.start] = one.reason
        return Windows(state, reasons)

    def _gap(self, row: int, begin: int, end: int, told: int) -> Answer:
        sheet, line = self.sheet, self.sheet.lines[row]
        rest, code = divmod(told, _NOBODY)
        window = _WINDOWS[rest % len(_WINDOWS)]
        reached = bool(rest // len(_WINDOWS)) and window in (None, "open")
        start = sheet.first + sheet.step * begin
        elsewhere = self.elsewhere[row, begin:end]
        offer, reason = self._had(line, start, code, reached, bool(elsewhere.all()))
        if window in ("settled", "lost"):
            reason = self._reasons(line.feed, start, end - begin) or reason
        zone = self.question.zone
        return {
            "station": line.station,
            "pollutant": line.pollutant,
            "statistic": line.statistic,
            "feed": line.feed,
            "period": line.period,
            "start": local(start, zone),
            "end": local(start + sheet.step * (end - begin), zone),
            "hours": sheet.step * (end - begin),
            "kind": "absent" if code == ABSENT else "missing",
            "status": None if code == ABSENT else self.status[code].id,
            "held_elsewhere": sheet.step * int(elsewhere.sum()),
            "obtainable": offer and self._offer(offer),
            "window": window,
            "reason": reason,
        }

    def _had(
        self, line: Line, start: int, code: int, reached: bool, elsewhere: bool
    ) -> tuple[Offer | None, str]:
        """Where a gap can be had, and in words why it is one or why it stays one."""
        archive = self.reaches.archive(line.feed, datetime.fromtimestamp(start * 3600, UTC).date())
        said = "no row is held" if code == ABSENT else self.status[code].meaning
        if reached:
            return self.reaches.live(line.feed, start), said
        if code != ABSENT and (archive is None or archive.source == line.feed):
            return None, said
        if elsewhere:
            return None, f"{said}; another feed of the station holds a value"
        if self.reaches.source(line.feed) and archive is None:
            return None, f"{said}; no route reaches back so far"
        return archive, f"{said}; no file that was loaded holds it" if archive else said

    def _offer(self, offer: Offer) -> Answer:
        until = None
        if offer.until is not None:
            until = datetime.fromtimestamp(int(offer.until * 3600), civil(self.question.zone)).isoformat()
        return {"source": offer.source, "route": offer.route, "until": until}

    def _reasons(self, feed: str, start: int, hours: int) -> str | None:
        own = self.windows[feed].reasons
        told = list(dict.fromkeys(own[hour] for hour in range(start, start + hours) if hour in own))
        return None if not told else told[0] + (f" (and {len(told) - 1} more)" if len(told) > 1 else "")


def _elsewhere(sheet: Sheet) -> npt.NDArray[np.bool_]:
    """Where another feed of the same station holds a value, (lines, columns)."""
    places: dict[tuple[str, str, str, str], int] = {}
    row_of = np.array([places.setdefault(line.place, len(places)) for line in sheet.lines])
    held = sheet.codes == VALUE
    feeds = np.zeros((len(places), held.shape[1]), np.int16)
    np.add.at(feeds, row_of, held.astype(np.int16))
    found: npt.NDArray[np.bool_] = feeds[row_of] - held.astype(np.int16) > 0
    return found
