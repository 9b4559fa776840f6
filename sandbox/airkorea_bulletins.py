"""Forecasts, alerts and messages on the wire, over what a world announces.

Recorded (keys, order and wording): getMinuDustFrcstDspth, getMinuDustWeekFrcstDspth, an item of
getUlfptcaAlarmInfo. Documented, not recorded: getMinuDustFrcstDspth50Over, an alert in force (its clearing is
null here), the message service of safetydata.go.kr.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta

from sandbox.airkorea import BadParameter, cut, needed, paging, wants_json
from sandbox.announced import KOREA, Announced, Outlook, Product, Sent, Warned
from sandbox.labels import airkorea_label, hour_of
from sandbox.wire import Answer, Item, dump, envelope, no_data
from sandbox.world import SIDO

Query = Mapping[str, str]
MEASUREMENTS = "/B552584/ArpltnInforInqireSvc/"
OVER = "/B552584/MinuDustFrcstDspthSvc/getMinuDustFrcstDspth50Over"
ALERTS = "/B552584/UlfptcaAlarmInqireSvc/getUlfptcaAlarmInfo"
MESSAGES = "/V2/api/DSSP-IF-00247"

_GRADE_REGIONS = {
    "서울": "kr-seoul", "제주": "kr-jeju", "전남": "kr-jeonnam", "전북": "kr-jeonbuk", "광주": "kr-gwangju",
    "경남": "kr-gyeongnam", "경북": "kr-gyeongbuk", "울산": "kr-ulsan", "대구": "kr-daegu",
    "부산": "kr-busan", "충남": "kr-chungnam", "충북": "kr-chungbuk", "세종": "kr-sejong",
    "대전": "kr-daejeon", "영동": "kr-gangwon-yeongdong", "영서": "kr-gangwon-yeongseo",
    "경기남부": "kr-gyeonggi-south", "경기북부": "kr-gyeonggi-north", "인천": "kr-incheon",
}  # fmt: skip
_WEEK_REGIONS = {
    "서울": "kr-seoul", "인천": "kr-incheon", "경기북부": "kr-gyeonggi-north",
    "경기남부": "kr-gyeonggi-south", "강원영서": "kr-gangwon-yeongseo",
    "강원영동": "kr-gangwon-yeongdong", "대전": "kr-daejeon", "세종": "kr-sejong", "충남": "kr-chungnam",
    "충북": "kr-chungbuk", "광주": "kr-gwangju", "전북": "kr-jeonbuk", "전남": "kr-jeonnam",
    "부산": "kr-busan", "대구": "kr-daegu", "울산": "kr-ulsan", "경북": "kr-gyeongbuk",
    "경남": "kr-gyeongnam", "제주": "kr-jeju",
}  # fmt: skip
_OVER_REGIONS = ["seoul", "busan", "daegu", "incheon", "gwangju", "daejeon", "ulsan", "gyeonggi", "gangwon"]
_OVER_REGIONS += ["chungbuk", "chungnam", "jeonbuk", "jeonnam", "gyeongbuk", "gyeongnam", "jeju", "sejong"]
_GRADE_KEYS = """imageUrl4 informCode imageUrl5 imageUrl6 actionKnack informCause informOverall informData
informGrade dataTime imageUrl3 imageUrl2 imageUrl1"""
_WEEK_KEYS = """frcstFourDt frcstThreeDt frcstTwoCn gwthcnd frcstTwoDt frcstFourCn frcstThreeCn frcstOneDt
frcstOneCn presnatnDt"""
_ALERT_KEYS = """clearVal sn districtName dataDate issueVal issueTime clearDate issueDate moveName clearTime
issueGbn itemCode"""
_CODES = {"pm10": "PM10", "pm25": "PM25", "o3": "O3"}
_LEVELS = {"advisory": "주의보", "warning": "경보"}
_OUT_AFTER = timedelta(minutes=10)
_IMAGES = "https://www.airkorea.or.kr/file/proxyImage?fileName={day:%Y/%m/%d}/AQF.{day:%Y%m%d}.{n}.png"


class Bulletins:
    """Answers the operations that bring documents."""

    def __init__(self, announced: Announced) -> None:
        self._announced = announced
        self.operations: dict[str, Callable[[Query, datetime], Answer]] = {
            MEASUREMENTS + "getMinuDustFrcstDspth": self._grades,
            MEASUREMENTS + "getMinuDustWeekFrcstDspth": self._week,
            OVER: self._over,
            ALERTS: self._alerts,
        }

    def _out(self, product: Product, query: Query, now: datetime) -> list[Outlook]:
        day = _day(needed(query, "searchDate"), "%Y-%m-%d")
        if day > now.astimezone(KOREA).date():
            return []
        return [o for o in self._announced.outlooks(product, day) if o.issued + _OUT_AFTER <= now]

    def _grades(self, query: Query, now: datetime) -> Answer:
        return _answer([_grade_item(one) for one in self._out("grade", query, now)], query)

    def _week(self, query: Query, now: datetime) -> Answer:
        out = self._out("week", query, now)
        return _answer([_week_item(out)] if out else [], query)

    def _over(self, query: Query, now: datetime) -> Answer:
        return _answer([_over_item(one) for one in self._out("over50", query, now)], query)

    def _alerts(self, query: Query, now: datetime) -> Answer:
        year, code = needed(query, "year"), query.get("itemCode", "")
        if not (year.isdecimal() and len(year) == 4) or code not in ("", "PM10", "PM25"):
            raise BadParameter("10")
        told = self._announced.alerts(int(year), now)
        items = [_alert_item(one, number) for number, one in enumerate(told, start=1)]
        return _answer([one for one in reversed(items) if code in ("", one["itemCode"])], query)

    def messages(self, query: Query, now: datetime) -> Answer:
        """The message service: another envelope, and null where nothing is held."""
        if not query.get("serviceKey"):
            header = {
                "resultCode": "30",
                "resultMsg": "SERVICE KEY IS NOT REGISTERED ERROR.",
                "errorMsg": None,
            }
            return Answer(dump({"header": header, "body": None}))
        try:
            page, rows = paging(query)
            since = _day(needed(query, "crtDt"), "%Y%m%d")
        except BadParameter as refused:
            header = {"resultCode": refused.code, "resultMsg": "INVALID_REQUEST_PARAMETER", "errorMsg": None}
            return Answer(dump({"header": header, "body": None}))
        sent = [one for one in self._announced.messages(since, now) if one.sent <= now]
        body = {
            "header": {"resultCode": "00", "resultMsg": "NORMAL SERVICE", "errorMsg": None},
            "numOfRows": rows,
            "pageNo": page,
            "totalCount": len(sent),
            "body": [_message_item(one) for one in cut(sent, page, rows)] or None,
        }
        return Answer(dump(body))


def _answer(items: Sequence[Item], query: Query) -> Answer:
    page, rows = paging(query)
    if not items:
        return no_data(page, rows, as_json=wants_json(query))
    return envelope(cut(items, page, rows), len(items), page, rows, as_json=wants_json(query))


def _day(text: str, shape: str) -> date:
    try:
        return datetime.strptime(text, shape).replace(tzinfo=KOREA).date()
    except ValueError:
        raise BadParameter("10") from None


def _in_order(keys: str, cells: Mapping[str, str | None]) -> Item:
    return {key: cells.get(key) for key in keys.split()}


def _grade_item(one: Outlook) -> Item:
    """Pictures come with the forecast of the day of issue alone."""
    day = one.issued.date()
    pictures = range(1, 7) if one.for_date == day else ()
    words = ",".join(f"{name} : {one.words.get(id_) or '예보없음'}" for name, id_ in _GRADE_REGIONS.items())
    told = {word for word in one.words.values() if word}
    return _in_order(
        _GRADE_KEYS,
        {
            **{f"imageUrl{n}": _IMAGES.format(day=day, n=n) for n in pictures},
            "informCode": _CODES[one.pollutant],
            "informCause": "○ [미세먼지] 만들어 낸 예보입니다.",
            "informOverall": f"○ [미세먼지] 전 권역이 {'∼'.join(sorted(told))}(으)로 예상됩니다.",
            "informData": one.for_date.isoformat(),
            "informGrade": words,
            "dataTime": _data_time(one),
        },
    )


def _data_time(one: Outlook) -> str:
    return f"{one.issued.date()} {one.issued.hour:02d}시 발표"


def _week_item(out: Sequence[Outlook]) -> Item:
    cells: dict[str, str | None] = {
        "gwthcnd": "만들어 낸 예보입니다.",
        "presnatnDt": out[0].issued.date().isoformat(),
    }
    for name, one in zip(("One", "Two", "Three", "Four"), out, strict=False):
        words = [f"{region} : {one.words.get(id_) or '낮음'}" for region, id_ in _WEEK_REGIONS.items()]
        cells[f"frcst{name}Dt"] = one.for_date.isoformat()
        cells[f"frcst{name}Cn"] = ", ".join([*words, f"신뢰도 : {one.sure or '보통'}"])
    return _in_order(_WEEK_KEYS, cells)


def _over_item(one: Outlook) -> Item:
    marks = {f"{name}50Over": one.words.get(f"kr-{name}") for name in _OVER_REGIONS}
    return {
        "dataTime": _data_time(one),
        "informData": one.for_date.isoformat(),
        **marks,
        "informOverall": "○ [초미세먼지] 만들어 낸 예보입니다.",
        "informCause": None,
        "actionKnack": None,
        "imageUrl1": None,
        "imageUrl2": None,
    }


def _alert_item(one: Warned, number: int) -> Item:
    issued, cleared = _label(one.issued), _label(one.cleared)
    return _in_order(
        _ALERT_KEYS,
        {
            "sn": str(number),
            "districtName": SIDO[one.region],
            "moveName": one.zone,
            "dataDate": issued[0],
            "itemCode": _CODES[one.pollutant],
            "issueGbn": _LEVELS[one.level],
            "issueDate": issued[0],
            "issueTime": issued[1],
            "issueVal": _whole(one.value),
            "clearDate": cleared[0],
            "clearTime": cleared[1],
            "clearVal": _whole(one.cleared_value),
        },
    )


def _label(at: datetime | None) -> tuple[str | None, str | None]:
    """Day and HH:MM of a full hour as the network labels it: midnight is the old day's 24:00."""
    if at is None:
        return None, None
    day, time = airkorea_label(hour_of(at) - 1).split(" ")
    return day, time


def _whole(value: float | None) -> str | None:
    return None if value is None else f"{value:.0f}"


def _message_item(one: Sent) -> dict[str, object]:
    return {
        "SN": one.serial,
        "CRT_DT": f"{one.sent:%Y/%m/%d %H:%M:%S}",
        "MSG_CN": one.text,
        "RCPTN_RGN_NM": one.regions,
        "EMRG_STEP_NM": one.stage,
        "DST_SE_NM": one.kind,
        "REG_YMD": f"{one.sent:%Y-%m-%d}",
        "MDFCN_YMD": f"{one.sent:%Y-%m-%d}",
    }
