"""AirKorea's forecasts (data.go.kr, provider B552584): the daily dispatches, the week, and above 50.

* 15073861, ArpltnInforInqireSvc/getMinuDustFrcstDspth: grades of 19 regions, at 05, 11, 17 and 23 o'clock,
  for today and tomorrow, at 17 and 23 also for the day after. `searchDate` is the day of issue; the answer is
  paged.
* 15073861, .../getMinuDustWeekFrcstDspth: low or high for four days, from the third after the issue on. It
  comes at about 17:30 and says the day only: 17:30 is taken, so that it is not known any earlier.
  "낮음" is 0 to 35, "높음" 36 and more (naeil.com 336532, of the forecast of 2020-01-02).
* 15112307, MinuDustFrcstDspthSvc/getMinuDustFrcstDspth50Over: where a day mean above 50 is forecast, "O".

No stored body of the last was found: its shape is that of the portal's document.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ingest.bulletins import Bulletin, BulletinSpec
from ingest.data_go_kr import Judge
from ingest.operation import Item, Operation, UnreadableError, needed, told
from ingest.wording import Bounds, Wording, civil_day, dispatched, instant
from store.forecasts import Forecast

BASE = "https://apis.data.go.kr"
PAGE = 100
HOURS = (5.0, 11.0, 17.0, 23.0)
NO_FORECAST = "예보없음"
CONFIDENCE = "신뢰도"
POLLUTANTS = {"PM10": "pm10", "PM25": "pm25", "O3": "o3"}
WEEK = {"낮음": Bounds(None, 35.0), "높음": Bounds(35.0, None)}
WEEK_ISSUED = "17:30"
WEEK_DAYS = ("One", "Two", "Three", "Four")
ABOVE_50 = "O"
OVER = "50Over"
# It is said four times a day whether 50 will be exceeded (Daejeon MBC, 2023-11-27), so null is "it will not";
# but not of a region that was not forecast yet. Then it was the capital area, from that day on also
# Chungcheong and Honam (Yonhap, 2023-11-26); the rest was to follow in November 2024: counted from December.
OVER_SINCE = {
    **dict.fromkeys(("seoul", "incheon", "gyeonggi"), date(2023, 11, 26)),
    **dict.fromkeys(
        ("daejeon", "sejong", "chungbuk", "chungnam", "gwangju", "jeonbuk", "jeonnam"), date(2023, 11, 27)
    ),
    **dict.fromkeys(
        ("busan", "daegu", "ulsan", "gangwon", "gyeongbuk", "gyeongnam", "jeju"), date(2024, 12, 1)
    ),
}
_TEXTS = {"dataTime", "informData", "informOverall", "infornOverall", "informCause", "actionKnack"}
_IMAGES = {f"imageUrl{number}" for number in range(1, 10)}


def _judge(dataset: str) -> Judge:
    advice = f"check the key, and that its account has applied for dataset {dataset} at data.go.kr"
    return Judge("AirKorea", advice)


def _where(dataset: str) -> str:
    return f"apply for dataset {dataset} at data.go.kr; approval takes 1-2 h"


def _day(day: date) -> dict[str, str | int]:
    return {"searchDate": day.isoformat()}


def _cells(text: str) -> list[str]:
    return [cell.strip() for cell in text.split(",") if cell.strip()]


def _pairs(bulletin: Bulletin, cells: list[str], wording: Wording) -> Iterator[tuple[str, str, str]]:
    """Region, word and text of cells such as "경기남부 : 보통"; unknown names are rejected with it."""
    for cell in cells:
        name, colon, word = (part.strip() for part in cell.partition(":"))
        region = wording.region(name)
        if not colon or not word:
            bulletin.reject(cell, "not written region : word")
        elif region is None:
            bulletin.reject(cell, f"unknown region {name[:40]}")
        else:
            yield region, word, cell


def _read_grades(bulletin: Bulletin, item: Item, wording: Wording) -> None:
    """One dispatch for one pollutant and day: a grade for each of 19 regions."""
    cells = _cells(needed(item, "informGrade"))
    if not cells:
        raise UnreadableError("informGrade names no region")
    code = needed(item, "informCode")
    pollutant = POLLUTANTS.get(code)
    if pollutant is None:
        raise UnreadableError(f"unknown informCode {code[:40]}", len(cells))
    try:
        issued = dispatched(needed(item, "dataTime"))
        for_date = civil_day(needed(item, "informData"))
    except ValueError as error:
        raise UnreadableError(str(error), len(cells)) from None
    for region, word, cell in _pairs(bulletin, cells, wording):
        grade = wording.grade(word)
        if word == NO_FORECAST:
            bulletin.notes[NO_FORECAST] += 1
        elif grade is None:
            bulletin.reject(cell, f"unknown grade {word[:40]}")
        else:
            bounds = wording.bounds(pollutant, grade, issued.date())
            bulletin.forecasts.append(
                Forecast("grade", region, pollutant, issued, for_date, *bounds, text=grade)
            )


def _read_week(bulletin: Bulletin, item: Item, wording: Wording) -> None:
    """One issue: for each of four days a word for each of 19 regions, and how sure it is."""
    issued = instant(needed(item, "presnatnDt"), WEEK_ISSUED)
    for number in WEEK_DAYS:
        content = told(item, f"frcst{number}Cn")
        if content is None or not _cells(content):
            bulletin.notes[f"week without frcst{number}Cn"] += 1
            continue
        sure = [cell for cell in _cells(content) if cell.startswith(CONFIDENCE)]
        cells = [cell for cell in _cells(content) if cell not in sure]
        try:
            for_date = civil_day(needed(item, f"frcst{number}Dt"))
        except ValueError as error:
            bulletin.reject(content, str(error), len(cells))
            continue
        for region, word, cell in _pairs(bulletin, cells, wording):
            if word not in WEEK:
                bulletin.reject(cell, f"unknown word {word[:40]}")
                continue
            text = ", ".join([word, *sure])
            bulletin.forecasts.append(
                Forecast("week", region, "pm25", issued, for_date, *WEEK[word], text=text)
            )


def _read_over(bulletin: Bulletin, item: Item, wording: Wording) -> None:
    """One bulletin for one day: "O" for a sido whose day mean is forecast above 50.

    Null is "not above 50" where the sido is forecast at all, else nothing is said: see `OVER_SINCE`.
    """
    names = [key.removesuffix(OVER) for key in item if key.endswith(OVER)]
    try:
        issued = dispatched(needed(item, "dataTime"))
        for_date = civil_day(needed(item, "informData"))
    except ValueError as error:
        raise UnreadableError(str(error), max(1, len(names))) from None
    if not names:
        raise UnreadableError("row without a region")
    for name in names:
        value, region = item[name + OVER], wording.region(f"kr-{name}")
        if region is None:
            bulletin.reject(f"{name}{OVER}: {value}", f"unknown region {name[:40]}")
        elif value == ABOVE_50:
            bulletin.forecasts.append(
                Forecast("over50", region, "pm25", issued, for_date, 50.0, None, ABOVE_50)
            )
        elif value not in (None, ""):
            bulletin.reject(f"{name}{OVER}: {value}", "neither O nor null")
        elif issued.date() >= OVER_SINCE.get(name, date.max):
            bulletin.forecasts.append(Forecast("over50", region, "pm25", issued, for_date, None, 50.0))
        else:
            bulletin.notes["null of a region not forecast yet"] += 1


def _spec(
    id_: str, product: str, dataset: str, dispatches: tuple[float, ...] = (), account: str = ""
) -> BulletinSpec:
    """Asked every quarter of an hour for what is due, every half hour where that is not known."""
    return BulletinSpec(
        id=id_,
        base_url=BASE,
        zone="Asia/Seoul",
        span="day",
        dispatches=dispatches,
        poll_minutes=15 if dispatches else 30,
        lateness_hours=6,
        needs_key=True,
        daily_calls=500,
        calls_per_second=10.0,
        parser_version=1,
        where_to_get_a_key=_where(dataset),
        product=product,
        account=account,
    )


FORECAST = Operation(
    _spec("airkorea-forecast", "grade", "15073861", HOURS, "airkorea"),
    "/B552584/ArpltnInforInqireSvc/getMinuDustFrcstDspth",
    PAGE,
    _day,
    _judge("15073861"),
    _read_grades,
    frozenset(_TEXTS | _IMAGES | {"informCode", "informGrade"}),
)
WEEK_FORECAST = Operation(
    _spec("airkorea-week", "week", "15073861", (17.5,), "airkorea"),
    "/B552584/ArpltnInforInqireSvc/getMinuDustWeekFrcstDspth",
    PAGE,
    _day,
    _judge("15073861"),
    _read_week,
    frozenset({"presnatnDt", "gwthcnd"} | {f"frcst{n}{part}" for n in WEEK_DAYS for part in ("Dt", "Cn")}),
)
HIGH_FORECAST = Operation(
    _spec("airkorea-high", "over50", "15112307"),
    "/B552584/MinuDustFrcstDspthSvc/getMinuDustFrcstDspth50Over",
    PAGE,
    _day,
    _judge("15112307"),
    _read_over,
    frozenset(_TEXTS | _IMAGES | {f"{name}{OVER}" for name in OVER_SINCE}),
)
