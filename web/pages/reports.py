"""The reports that are kept in a folder, newest first, and each as a file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from fastapi import APIRouter, Response

from config.clock import civil
from web.pages.episode import REPORT_POLICY
from web.pages.route import PageRoute
from web.pages.show import page
from web.pages.visit import AtVisit, Visit
from web.problems import Problem

# What a report's file may be called: one name without a folder, in an ending that is known.
_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,150}\.(html|csv|json|svg|png|nc)$")
MEDIA = {
    "html": "text/html; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "svg": "image/svg+xml",
    "png": "image/png",
    "nc": "application/netcdf",
}
MOST = 300

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@dataclass(frozen=True)
class Kept:
    """A file of the folder."""

    name: str
    written: datetime
    size: int

    @property
    def ending(self) -> str:
        """What it is: html, csv, ..."""
        return self.name.rpartition(".")[2]


def folder_of(visit: Visit) -> Path | None:
    """Where scheduled reports are kept; None where none is set."""
    found = getattr(visit.desk.settings, "reports", None)
    return None if found is None else Path(found)


def kept(folder: Path | None) -> list[Kept]:
    """The reports of a folder, newest first; links that lead out of it are none of them."""
    if folder is None or not folder.is_dir():
        return []
    found = []
    for path in folder.iterdir():
        if not _NAME.match(path.name) or path.is_symlink() or not path.is_file():
            continue
        told = path.stat()
        found.append(Kept(path.name, datetime.fromtimestamp(told.st_mtime, UTC), told.st_size))
    return sorted(found, key=lambda one: (one.written, one.name), reverse=True)[:MOST]


@router.get("/reports")
def report_list(visit: AtVisit) -> Response:
    """The reports that are kept."""
    folder = folder_of(visit)
    rows = [
        {
            "name": one.name,
            "href": visit.link(f"/reports/{one.name}"),
            "written": visit.say.moment(one.written.astimezone(civil("Asia/Seoul")), offset=True),
            "size": visit.say.number(max(1, one.size // 1000)),
        }
        for one in kept(folder)
    ]
    return page(visit, "reports.html", rows=rows, folder=folder is not None)


@router.get("/reports/{name}")
def report_file(visit: AtVisit, name: str) -> Response:
    """One report, which may load and run nothing."""
    folder = folder_of(visit)
    found = next((one for one in kept(folder) if one.name == name), None)
    if found is None or folder is None:
        raise Problem(404, "not-found", "no report of that name is kept")
    told = (folder / found.name).read_bytes()
    headers = {"Content-Security-Policy": REPORT_POLICY, "Cache-Control": "no-cache"}
    return Response(told, headers=headers, media_type=MEDIA[found.ending])
