"""China's hourly index (HJ 633-2012), computed simply, and the texts that go with it."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil

UNKNOWN = "—"

_INDEX = (0, 50, 100, 150, 200, 300, 400, 500)
_LIMITS = {
    "pm25": (0, 35, 75, 115, 150, 250, 350, 500),
    "pm10": (0, 50, 150, 250, 350, 420, 500, 600),
    "so2": (0, 150, 500, 650, 800),
    "no2": (0, 100, 200, 700, 1200, 2340, 3090, 3840),
    "co": (0, 5, 10, 35, 60, 90, 120, 150),
    "o3": (0, 160, 200, 300, 400, 800, 1000, 1200),
}
_NAMES = {
    "pm25": "细颗粒物(PM2.5)",
    "pm10": "颗粒物(PM10)",
    "so2": "二氧化硫",
    "no2": "二氧化氮",
    "co": "一氧化碳",
    "o3": "臭氧1小时",
}
_LEVELS = (
    (50, "优", "各类人群可正常活动", "空气质量令人满意，基本无空气污染"),
    (
        100,
        "良",
        "极少数异常敏感人群应减少户外活动",
        "空气质量可接受，但某些污染物可能对极少数异常敏感人群健康有较弱影响",
    ),
    (
        150,
        "轻度污染",
        "儿童、老年人及心脏病、呼吸系统疾病患者应减少长时间、高强度的户外锻炼",
        "易感人群症状有轻度加剧，健康人群出现刺激症状",
    ),
    (
        200,
        "中度污染",
        "儿童、老年人及心脏病、呼吸系统疾病患者应减少长时间、高强度的户外锻炼，一般人群适量减少户外活动",
        "进一步加剧易感人群症状，可能对健康人群心脏、呼吸系统有影响",
    ),
    (
        300,
        "重度污染",
        "儿童、老年人和心脏病、肺病患者应停留在室内，停止户外运动，一般人群减少户外运动",
        "心脏病和肺病患者症状显著加剧，运动耐受力降低，健康人群普遍出现症状",
    ),
    (
        500,
        "严重污染",
        "儿童、老年人和病人应停留在室内，避免体力消耗，一般人群避免户外活动",
        "健康人群运动耐受力降低，有明显强烈症状，提前出现某些疾病",
    ),
)


def iaqi(pollutant: str, value: float | None) -> int | None:
    """The sub-index of one hourly value, rounded up; particles by the limits of the 24 h mean."""
    if value is None:
        return None
    limits = _LIMITS[pollutant]
    for i in range(1, len(limits)):
        if value <= limits[i]:
            share = (value - limits[i - 1]) / (limits[i] - limits[i - 1])
            return max(0, ceil(_INDEX[i - 1] + share * (_INDEX[i] - _INDEX[i - 1])))
    return _INDEX[len(limits) - 1]


def primary(sub: Mapping[str, int | None]) -> str:
    """The names of the worst pollutants where the index is above 50, with commas between."""
    valid = {name: value for name, value in sub.items() if value is not None}
    worst = max(valid.values(), default=0)
    return ",".join(_NAMES[n] for n, v in valid.items() if v == worst) if worst > 50 else UNKNOWN


def level(index: int | None) -> tuple[str, str, str]:
    """Quality, advice and effect on health."""
    if index is None:
        return UNKNOWN, UNKNOWN, UNKNOWN
    for limit, quality, measure, effect in _LEVELS:
        if index <= limit:
            return quality, measure, effect
    return _LEVELS[-1][1:]
