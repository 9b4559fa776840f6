"""The scheduled reports that are kept in a folder, newest first, and each as a file."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from fastapi import APIRouter, Response

from config.clock import civil
from config.words import Speaker
from report.answer import Answer
from report.kept import listed
from report.paper.lines import joined, short_span
from web.pages.episode import REPORT_POLICY
from web.pages.route import PageRoute
from web.pages.show import page
from web.pages.visit import OWN_NAMES, AtVisit, Visit
from web.problems import Problem

# Reports shown: each morning's of a year and more.
MOST = 400

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/reports")
def report_list(visit: AtVisit) -> Response:
    """The reports that are kept, one row for all languages of a report."""
    together: dict[str, list[Answer]] = {}
    for one in _kept(visit):
        together.setdefault(one["name"], []).append(one)
    rows = [_row(visit, files) for files in list(together.values())[:MOST]]
    return page(visit, "reports.html", rows=rows, folder=visit.desk.settings.reports is not None)


def _kept(visit: Visit) -> list[Answer]:
    """What the folder's index names and is there; nothing else of it is shown."""
    folder = visit.desk.settings.reports
    found: list[Answer] = [] if folder is None else listed(folder)["reports"]
    return found


def _row(visit: Visit, files: list[Answer]) -> dict[str, Any]:
    say, one = visit.say, files[0]
    written = datetime.fromisoformat(one["written_at"])
    own_first = sorted(files, key=lambda file: (file["language"] != visit.language, file["language"]))
    return {
        "kind": _kind(say, one["kind"]),
        "about": joined(say, (say.region(region) for region in one["regions"])),
        "span": short_span(say, date.fromisoformat(one["first_day"]), date.fromisoformat(one["last_day"])),
        "files": [
            {
                "href": visit.link(f"/reports/{file['file']}"),
                "text": OWN_NAMES[file["language"]],
                "language": file["language"],
            }
            for file in own_first
        ],
        "version": one["version"],
        "written": say.moment(written.astimezone(civil("Asia/Seoul")), offset=True),
    }


def _kind(say: Speaker, kind: str) -> str:
    names = {
        "brief": say.message("web.reports.kind.brief"),
        "morning": say.message("web.reports.kind.morning"),
        "episode": say.message("web.reports.kind.episode"),
        "season": say.message("web.reports.kind.season"),
    }
    return names.get(kind, kind)


@router.get("/reports/{name}")
def report_file(visit: AtVisit, name: str) -> Response:
    """One report, which may load and run nothing."""
    folder = visit.desk.settings.reports
    found = next((one["file"] for one in _kept(visit) if one["file"] == name), None)
    if found is None or folder is None:
        raise Problem(404, "not-found", "no report of that name is kept")
    told = (folder / found).read_bytes()
    headers = {"Content-Security-Policy": REPORT_POLICY, "Cache-Control": "no-cache"}
    return Response(told, headers=headers, media_type="text/html; charset=utf-8")
