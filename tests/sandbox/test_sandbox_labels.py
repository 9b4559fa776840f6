"""The labels of the wire: AirKorea's 01..24, CNEMC's 00..23, both the end of the averaging hour."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.labels import airkorea_label, cnemc_hour, cnemc_label, hour_of

HOURS = st.integers(min_value=0, max_value=800_000)


def at(text: str) -> int:
    return hour_of(datetime.fromisoformat(text))


@pytest.mark.parametrize(
    ("begins", "label"),
    [
        ("2024-03-05T23:00+09:00", "2024-03-05 24:00"),
        ("2024-03-06T00:00+09:00", "2024-03-06 01:00"),
        ("2023-12-31T23:00+09:00", "2023-12-31 24:00"),
        ("2024-02-29T14:00+09:00", "2024-02-29 15:00"),
    ],
)
def test_airkorea_labels_an_hour_by_its_end(begins: str, label: str) -> None:
    assert airkorea_label(at(begins)) == label


@given(HOURS)
def test_airkorea_never_says_0_oclock(hour: int) -> None:
    assert 1 <= int(airkorea_label(hour)[11:13]) <= 24
    assert airkorea_label(hour) != airkorea_label(hour + 1)


def test_cnemc_labels_midnight_as_the_new_days_0() -> None:
    milliseconds, text = cnemc_label(at("2024-01-01T23:00+08:00"))
    assert text == "2024年01月02日 00时"
    assert datetime.fromtimestamp(milliseconds / 1000, UTC) == datetime(2024, 1, 1, 16, tzinfo=UTC)


@given(HOURS)
def test_a_cnemc_form_asks_for_what_the_label_says(hour: int) -> None:
    day, clock = cnemc_label(hour)[1].split(" ")
    form = day.replace("年", "-").replace("月", "-").replace("日", f" {clock[:2]}:00:00")
    assert cnemc_hour(form) == hour


@pytest.mark.parametrize("text", ["", "2024-01-02", "2024-01-02 24:00:00", "2024-01-02 03:30:00"])
def test_a_date_that_is_no_hour_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="does not match format"):
        cnemc_hour(text)
