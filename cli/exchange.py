"""`yellowsea exchange`."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from cli import options
from cli.desk import catalogue, opened, show

if TYPE_CHECKING:
    from report.answer import Answer

COLUMNS = {"label": "항목 / 项目 / item", "KR": "한국 / 韩国 / Korea", "CN": "중국 / 中国 / China"}


def show_exchange(
    season: Annotated[
        str | None,
        typer.Option("--season", help="2024, 2024/25, 6th, 제6차, kr-2024; else the last that ended."),
    ] = None,
    region: Annotated[
        list[str] | None, typer.Option("--region", help="A region more on the sheet; may be repeated.")
    ] = None,
    database: options.Database = None,
    shape: options.Shape = options.Format.table,
) -> None:
    """One sheet in Korean, Chinese and English with both countries' seasons side by side."""
    from report import exchange
    from report.exchange_sheet import sheet

    with opened(database) as (settings, store):
        today: date = settings.data_clock.now().date()
        answer = exchange.ask(store, catalogue(settings), season, today, region or [])
    answer["sheet"] = sheet(answer)
    people = [{**row, "label": f"{row['ko']} / {row['zh']} / {row['en']}"} for row in answer["sheet"]]
    title = " · ".join(answer["question"]["seasons"])
    show(answer, "sheet", shape, title, COLUMNS, _foot(answer), people)


def _foot(answer: Answer) -> list[str]:
    notes = [line for note in answer["notes"] for line in (note["ko"], note["zh"], note["en"])]
    data = answer["data"]
    return [*notes, *data["notes"], *(f"source: {line}" for line in data["attribution"])]
