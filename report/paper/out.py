"""A report as files: one page, its answer, its tables, its series, its figures."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from config.words import Speaker
from report import render
from report.answer import Answer
from report.paper import page, pictures
from report.paper.sheet import Sheet
from report.question import QuestionError

if TYPE_CHECKING:
    import xarray as xr

Format = Literal["html", "json", "csv", "netcdf", "svg", "png"]
FORMATS: tuple[Format, ...] = get_args(Format)
_ENDINGS: dict[str, Format] = {".html": "html", ".json": "json", ".nc": "netcdf"}


@dataclass(frozen=True)
class Report:
    """A report ready to be written.

    Attributes
    ----------
    name : how its files begin, without language.
    rows : tables of the answer by name, for spreadsheets.
    dataset : its series, for CF-netCDF; None where it holds none.
    """

    name: str
    answer: Answer
    sheet: Sheet
    rows: dict[str, list[Answer]]
    dataset: Callable[[], xr.Dataset] | None = None


def formats_of(path: Path | None, asked: Iterable[str]) -> list[Format]:
    """What is written: as asked, else by the ending of the file, else the page.

    Raises
    ------
    QuestionError
        For a format that there is not, or several into one file.
    """
    wanted = list(dict.fromkeys(asked))
    for one in wanted:
        if one not in (*FORMATS, "all"):
            raise QuestionError(f"--format is one of {', '.join(FORMATS)} or all, not {one}")
    found: list[Format] = list(FORMATS) if "all" in wanted else [one for one in FORMATS if one in wanted]
    ending = _ENDINGS.get(path.suffix.lower()) if path else None
    if ending is None:
        return found or ["html"]
    if found not in ([], [ending]):
        raise QuestionError(f"{path} holds {ending} alone: give a folder as --out, or one --format")
    return [ending]


def write(report: Report, say: Speaker, path: Path | None, formats: list[Format], at: datetime) -> list[Path]:
    """Write the report; gives the files.

    Raises
    ------
    QuestionError
        For a place that cannot be written to, a report that has no series, or fonts that are wanting.
    """
    is_file = path is not None and path.suffix.lower() in _ENDINGS
    folder = path.parent if path is not None and is_file else path or Path()
    writer = _Writer(report, say, folder, path if is_file else None, at)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [written for one in formats for written in writer.write(one)]
    except OSError as error:
        raise QuestionError(f"{error.filename or folder} cannot be written: {error.strerror}") from None


@dataclass(frozen=True)
class _Writer:
    report: Report
    say: Speaker
    folder: Path
    path: Path | None
    at: datetime

    @property
    def _stem(self) -> str:
        return f"{self.report.name}-{self.say.language}"

    def write(self, form: Format) -> list[Path]:
        """The files of one format."""
        if form == "html":
            return [self._text(f"{self._stem}.html", page.html(self.say, self.report.sheet, self.at))]
        if form == "json":
            buffer = io.StringIO()
            told = {"sentence": self.report.sheet.sentence, **self.report.answer}
            render.as_json(told, buffer)
            return [self._text(f"{self.report.name}.json", buffer.getvalue())]
        if form == "csv":
            return [self._csv(name, rows) for name, rows in self.report.rows.items() if rows]
        if form == "netcdf":
            return [self._netcdf()]
        return [self._picture(name, svg, form) for name, svg in self._pictures()]

    def _text(self, name: str, text: str) -> Path:
        path = self.path or self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def _csv(self, name: str, rows: list[Answer]) -> Path:
        buffer = io.StringIO()
        render.as_csv(rows, buffer)
        return self._text(f"{self.report.name}-{name}.csv", buffer.getvalue())

    def _netcdf(self) -> Path:
        if self.report.dataset is None:
            raise QuestionError(f"a {self.report.sheet.kind} report holds no series: ask for --format csv")
        path = self.path or self.folder / f"{self.report.name}.nc"
        self.report.dataset().to_netcdf(path, engine="netcdf4")
        return path

    def _pictures(self) -> Iterable[tuple[str, str]]:
        sheet = self.report.sheet
        for plate in sheet.plates:
            yield plate.ident, plate.alone()
        for section in sheet.sections:
            for part in section.parts:
                if part not in sheet.plates and hasattr(part, "plate"):
                    yield part.ident, part.plate(self.say.language)

    def _picture(self, name: str, svg: str, form: Format) -> Path:
        path = self.folder / f"{self._stem}-{name}.{form}"
        if form == "svg":
            path.write_text(svg, encoding="utf-8")
        else:
            path.write_bytes(pictures.png(svg, self.say.language))
        return path
