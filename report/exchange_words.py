"""The words of the exchange sheet in Korean, Chinese and English: labels of its rows, and what to know."""

from __future__ import annotations

from typing import NamedTuple


class Words(NamedTuple):
    """One thing said three times."""

    en: str
    ko: str
    zh: str


LABELS: dict[str, Words] = {
    "season": Words("season", "계절관리 기간", "季节管理期"),
    "agency": Words("ministry", "담당 부처", "主管部门"),
    "window": Words("window", "기간", "时段"),
    "pm25_mean": Words("published PM2.5 mean", "발표된 초미세먼지 평균", "公布的PM2.5平均浓度"),
    "pm25_mean_change_pct": Words("published change of the mean", "발표된 평균 증감률", "公布的平均浓度变化"),
    "good_days": Words("good days", "좋음 일수", "“良好”（좋음）天数"),
    "bad_days": Words("bad days", "나쁨 이상 일수", "“差”（나쁨）及以上天数"),
    "high_days": Words("days above 50 ug/m3", "50㎍/㎥ 초과 일수", "超过50微克/立方米天数"),
    "heavy_days": Words("heavy days", "중오염 일수", "重污染天数"),
    "heavy_city_days": Words("heavy city-days", "도시별 중오염 일수 합계", "重污染天数（各市合计）"),
    "other": Words("other published figures", "그 밖의 발표값", "其他公布值"),
    "targets": Words("targets", "목표", "目标"),
    "measure_days": Words(
        "days with a listed measure", "비상저감조치 등 발령 일수", "应急减排措施（预警）天数"
    ),
    "computed": Words("computed, own window", "자체 산출: 각국 기간", "自行计算：各自时段"),
    "common": Words("computed, common window", "자체 산출: 공통 기간", "自行计算：共同时段"),
    "standards": Words("standards in force", "적용 환경기준", "现行标准"),
    "reference_states": Words("reference state", "농도 기준 상태", "浓度参比状态"),
    "confounders": Words("also in this season", "함께 고려할 사항", "需一并考虑的事项"),
}

# The published figures that have a row of their own; the rest stand together.
PUBLISHED = (
    "pm25_mean",
    "pm25_mean_change_pct",
    "good_days",
    "bad_days",
    "high_days",
    "heavy_days",
    "heavy_city_days",
)

NOTES: tuple[Words, ...] = (
    Words(
        "the two seasons are of different length: compare the common window, not the seasons",
        "두 나라의 기간이 다르므로 공통 기간으로만 비교한다",
        "两国时段不同：只在共同时段内比较",
    ),
    Words(
        "Chinese published means leave dust days out (since 2017); no deduction is stated for Korean means",
        "중국 발표 평균은 2017년부터 황사 영향을 제외하며, 한국 평균은 제외 여부가 명시되어 있지 않다",
        "中国公布的平均浓度自2017年起扣除沙尘影响；韩国平均浓度未说明是否扣除",
    ),
    Words(
        "Korean classes (good up to 15, bad from 36) and Chinese classes (by AQI) are not one scale",
        "한국의 등급(좋음 15 이하, 나쁨 36 이상)과 중국의 AQI 등급은 서로 다른 척도이다",
        "韩国等级（“좋음”≤15、“나쁨”≥36）与中国AQI等级不是同一标准",
    ),
    Words(
        "Korean means are over stations, Chinese ones over cities",
        "한국은 측정소 평균, 중국은 도시 평균이다",
        "韩国为站点平均，中国为城市平均",
    ),
    Words(
        "figures of different vintages are not subtracted from each other",
        "발표 시점이 다른 값끼리 빼지 않는다",
        "不同版本的公布值不相减",
    ),
    Words(
        "days without a listed measure are days without a known measure, unless the list is complete",
        "목록에 없는 날은 ‘알려진 조치 없음’을 뜻한다(목록이 완전한 경우 제외)",
        "名单以外的日期仅表示“未知有措施”，名单完整时除外",
    ),
)

STATE_NOTE = Words(
    "before 1 September 2018 Chinese values are at standard state (273 K, 101.3 kPa), Korean at actual state",
    "2018년 9월 1일 이전 중국 값은 표준상태(273K, 101.3kPa), 한국 값은 실측 상태 기준이다",
    "2018年9月1日之前中国数值为标准状态（273K、101.3kPa），韩国为实际状态",
)
