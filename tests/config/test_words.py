"""What people read is complete in three languages, and said in each as its readers write it."""

from __future__ import annotations

import csv
import re
from datetime import date, datetime
from pathlib import Path
from string import Formatter

import pytest

from config.fact import Fact, FactError
from config.facts import CATALOGUE, Facts
from config.phrases import Message, Word
from config.policy import Confounder
from config.words import LANGUAGES, Speaker

ROOT = Path(__file__).parents[2]
ROOMS = ("cli", "report", "hotline", "web")
SAID = re.compile(r"""\b(say|speaker|\w*[sS]peaker|\w*say)\.(word|message)\(\s*(["'])(.+?)\3""")
# Words that are written alike: figures of statistics, units, names.
ALIKE = re.compile(r"[A-Z0-9 ./%,()ªµ–-]+|[a-z] [-/] [a-z]|[a-z]{1,2}|km|PM[\d.]+|[A-Z][a-z]?\d?")


@pytest.fixture(scope="module", params=LANGUAGES)
def speaker(request: pytest.FixtureRequest) -> Speaker:
    """A speaker of each language."""
    return Speaker(Facts(), request.param)


def speakers() -> list[Speaker]:
    """One speaker a language, English first."""
    facts = Facts()
    return [Speaker(facts, language) for language in LANGUAGES]


@pytest.mark.parametrize("kind", ["words", "messages"])
def test_files_are_sorted_by_their_key(kind: str) -> None:
    with (CATALOGUE / f"{kind}.csv").open(encoding="utf-8", newline="") as file:
        keys = [(row.get("id") or row["en"], row.get("of", "")) for row in csv.DictReader(file)]
    assert keys == sorted(keys)


def test_every_row_has_its_own_script(facts: Facts) -> None:
    rows: list[Fact] = [*facts.all("words", Word), *facts.all("messages", Message)]
    foreign = []
    for row in rows:
        assert isinstance(row, Word | Message)
        if ALIKE.fullmatch(re.sub(r"\{\w+\}", "", row.en).strip()):
            continue
        if not re.search(r"[가-힣]", row.ko) and re.search(r"[a-z]{3}", re.sub(r"\{\w+\}", "", row.ko)):
            foreign.append(row.ko)
        if re.search(r"[가-힣]", row.zh) and "（" not in row.zh:
            foreign.append(row.zh)
    assert foreign == []


def test_a_message_has_the_same_names_in_each_language(facts: Facts) -> None:
    for one in facts.all("messages", Message):
        names = [
            {name for _, name, _, _ in Formatter().parse(text) if name is not None}
            for text in (one.en, one.ko, one.zh)
        ]
        assert names[0] == names[1] == names[2], one.id
        assert all(name.isidentifier() for name in names[0]), one.id


def test_a_message_that_lacks_a_name_is_refused() -> None:
    with pytest.raises(ValueError, match="ko does not have the same names"):
        Message(id="x", en="{n} days", ko="일", zh="{n}天", source="test", confidence="high")


def test_a_sentence_to_be_retold_says_enough_to_be_known(facts: Facts) -> None:
    carried = [one for one in facts.all("messages", Message) if one.id.startswith(("answer.", "table."))]
    thin = [one.id for one in carried if not re.search(r"\w{1,}|[?]", re.sub(r"\{\w+\}", "", one.en))]
    assert thin in ([], ["table.goal-ugm3"])


def test_whatever_is_said_by_name_is_in_the_catalogue(facts: Facts) -> None:
    words = {one.en for one in facts.all("words", Word)}
    messages = {one.id for one in facts.all("messages", Message)}
    files = [
        path for room in ROOMS for path in (ROOT / room).rglob("*") if path.suffix in (".py", ".html", ".j2")
    ]
    assert files
    lacking = [
        f"{path.relative_to(ROOT)}: {kind} {said}"
        for path in files
        for _, kind, _, said in SAID.findall(path.read_text(encoding="utf-8"))
        if said not in (words if kind == "word" else messages)
    ]
    assert lacking == []


def test_every_milestone_and_confounder_is_told_in_each_language(facts: Facts) -> None:
    _, *foreign = speakers()
    titles = [one.title for one in facts.milestones.values()]
    titles += [one.title for one in facts.all("confounders", Confounder)]
    assert [title for title in titles for one in foreign if one.retell(title) == title] == []


def test_dates_are_written_as_their_readers_write_them() -> None:
    day, at = date(2019, 3, 5), datetime.fromisoformat("2019-03-05T01:00+09:00")
    assert [one.date(day, weekday=True) for one in speakers()] == [
        "Tuesday, 5 March 2019",
        "2019년 3월 5일(화)",
        "2019年3月5日（星期二）",
    ]
    assert [one.moment(at) for one in speakers()] == [
        "5 March 2019, 01:00",
        "2019년 3월 5일 01:00",
        "2019年3月5日 01:00",
    ]
    assert [one.month("2019-03-05") for one in speakers()] == ["March 2019", "2019년 3월", "2019年3月"]
    assert speakers()[0].moment(at, offset=True) == "5 March 2019, 01:00 (UTC+09:00)"


def test_units_are_those_of_the_country() -> None:
    assert [one.unit("ug/m3") for one in speakers()] == ["µg/m³", "㎍/㎥", "μg/m³"]


def test_a_name_is_read_in_its_own_script_by_its_own_people() -> None:
    assert [one.station("airkorea-111123") for one in speakers()] == [
        "Seoul Jongno-gu",
        "서울 종로구",
        "首尔 Jongno-gu",
    ]
    assert [one.station("cnemc-1001A", place=False) for one in speakers()] == [
        "Wanshouxigong",
        "Wanshouxigong",
        "万寿西宫",
    ]
    assert [one.region("kr-capital") for one in speakers()] == ["Seoul Capital Area", "수도권", "首尔首都圈"]


def test_what_is_not_known_stays_as_it_is(speaker: Speaker) -> None:
    assert speaker.region("kr-nowhere") == "kr-nowhere"
    assert speaker.station("nobody-1") == "nobody-1"
    assert speaker.retell("The wind was up that day.") == "The wind was up that day."
    assert speaker.number(None) == speaker.percent(None) == "–"


def test_a_value_is_said_by_its_column() -> None:
    _, korean, chinese = speakers()
    assert (korean.word("high"), korean.cell("confidence", "high")) == ("고농도", "높음")
    assert chinese.cell("status", "slipped") == "推迟"
    assert korean.cell("region", "kr-seoul") == "서울"
    assert korean.cell("feed", "airkorea-live") == "airkorea-live"
    assert korean.cell("vehicle_rules", value=True) == "예"
    assert korean.cell("mean", 12.5) == 12.5


def test_a_sentence_of_an_answer_is_told_with_its_figures() -> None:
    _, korean, chinese = speakers()
    told = "basis daily: 365 valid days against 349 on the hourly basis; 1 stations against 25 there"
    assert korean.retell(told) == (
        "산출 기준 일평균: 유효 일수 365일(시간별 기준 349일); 측정소 1곳(다른 쪽 25곳)"
    )
    assert chinese.retell("no published heavy_days of cn-beijing is held for 2017-10-01..2018-03-31") == (
        "没有北京2017-10-01..2018-03-31的重污染天数公布值"
    )
    assert chinese.retell("warning (documented), advisory (replayed)") == (
        "警报 (公布记录), 注意报 (按规则回算)"
    )


def test_what_others_wrote_is_quoted_and_not_told_anew() -> None:
    said = "x: “high, low, and no measure known” (a source, hour; confidence high)"
    assert speakers()[1].retell(said) == "x: “high, low, and no measure known” (a source, hour; 신뢰도 높음)"


def test_one_and_many_have_their_own_sentence() -> None:
    english = speakers()[0]
    assert english.message("table.gaps", n=1) == "1 gap"
    assert english.message("table.gaps", n=1200) == "1,200 gaps"


def test_a_message_that_there_is_not_is_a_fault(speaker: Speaker) -> None:
    with pytest.raises(FactError, match=r"no message is called 'nothing\.such'"):
        speaker.message("nothing.such")
    with pytest.raises(FactError, match="needs first, last"):
        speaker.message("span")
    with pytest.raises(FactError, match="there is no language 'jp'"):
        Speaker(speaker.facts, "jp")


def test_a_user_says_it_otherwise_in_a_folder_of_the_own(tmp_path: Path) -> None:
    header = "en,of,ko,zh,source,confidence\n"
    (tmp_path / "words.csv").write_text(f"{header}mean,,평균값,均值,ours,high\n", encoding="utf-8")
    own = Facts(own=tmp_path)
    assert [Speaker(own, language).word("mean") for language in LANGUAGES] == ["mean", "평균값", "均值"]
    assert Speaker(own, "ko").word("median") == "중앙값"
