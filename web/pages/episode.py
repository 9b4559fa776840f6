"""The list of episodes, and an episode's page: the days around it, what was in force, and its report."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from config.air import Region
from report import episodes
from report.paper import episode as episode_report_of
from report.paper import episode_report
from report.paper import page as paper
from report.paper.lines import rule_title
from report.paper.out import Report
from report.question import Question, QuestionError
from report.season_windows import season
from web.api.asked import Name, Text
from web.pages import days, places
from web.pages.parts import Key, Told, part, part_of
from web.pages.route import PageRoute
from web.pages.show import page, shelf_of, unchanged
from web.pages.tables import episode_rows
from web.pages.visit import AtVisit, Visit

# A list looks back over a season; a page of one episode over no more than this.
LONGEST = 400
PAGE_DAYS = 62
# A report is one file with its styles in it; it may do nothing else.
REPORT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; sandbox"
)

router = APIRouter(route_class=PageRoute, include_in_schema=False)

Beside = Annotated[list[Name], Query(max_length=4)]
From = Annotated[date | None, Query(alias="from")]


@router.get("/episodes")
def episode_list(
    visit: AtVisit,
    region: Name | None = None,
    since: From = None,
    to: date | None = None,
    profile: Text | None = None,
) -> Response:
    """The episodes of a region, or of the region of each shore of which most is held."""
    kept = unchanged(visit)
    if kept is not None:
        return kept
    wanted = [region] if region else places.of_each_shore(visit)
    lists = [_list(visit, one, since, to, profile if region else None) for one in wanted]
    chosen = lists[0] if region else None
    return page(
        visit,
        "episodes.html",
        tag=visit.tag(),
        lists=lists,
        chosen=chosen,
        choices=places.choices(visit, [chosen["id"]] if chosen else []),
        profiles=_profiles(visit, profile),
    )


def _list(
    visit: Visit, region: str, since: date | None, to: date | None, profile: str | None
) -> dict[str, Any]:
    place = places.region(visit, region)
    name = place.id
    first, last = _span(visit, place, since, to)
    asked = places.question(visit, name, first, last)
    rule = episodes.profile_of(visit.desk.facts, asked, profile)
    return {
        "id": name,
        "name": visit.say.region(name),
        "first": first,
        "last": last,
        "rule": rule.id,
        "rule_title": rule_title(visit.say, visit.desk.facts.profiles[rule.id].title),
        "rows": episode_rows(visit, asked, rule),
        "csv": visit.data("episodes", region=name, _from=first, to=last, profile=rule.id, format="csv"),
    }


def _span(visit: Visit, place: Region, since: date | None, to: date | None) -> tuple[date, date]:
    """The days asked for; else the season of the last day that is held, or the days up to it."""
    if since is not None and to is not None:
        if not 0 <= (to - since).days <= LONGEST:
            raise QuestionError(f"a list of episodes goes over 1 to {LONGEST} days")
        return since, to
    last = to or places.last_day(visit, place.id) or visit.desk.now.date()
    one = season(visit.desk.facts, place.country, places.season_year(visit, place))
    if to is None and one.start <= last:
        return one.start, min(one.end, last)
    return last - timedelta(days=120), last


def _profiles(visit: Visit, chosen: str | None) -> list[dict[str, Any]]:
    return [
        {"id": one.id, "title": rule_title(visit.say, one.title), "chosen": one.id == chosen}
        for one in visit.desk.facts.profiles.values()
    ]


@router.get("/episodes/{region}")
def episode_page(
    visit: AtVisit,
    region: str,
    since: Annotated[date, Query(alias="from")],
    to: date,
    profile: Text | None = None,
    beside: Beside = [],  # noqa: B006 - read alone
) -> Response:
    """The days around an episode, and what was in force."""
    kept = unchanged(visit)
    if kept is not None:
        return kept
    asked = _question(visit, region, since, to)
    rule = episodes.profile_of(visit.desk.facts, asked, profile)
    desk = visit.desk
    found = shelf_of(visit).get(
        ("days", visit.mark, asked), lambda: days.compose(desk.store, desk.facts, asked)
    )
    given: dict[str, object] = {"from": since, "to": to, "profile": profile, "beside": beside or None}
    span = {"region": found.region, "_from": since, "to": to, "format": "csv"}
    return page(
        visit,
        "episode.html",
        tag=visit.tag(),
        region=visit.say.region(found.region),
        found=found,
        worst=days.told(visit.say, found, found.worst),
        surety=days.surety(visit.say, found),
        measures=days.measures_told(visit.say, found),
        calendar=days.calendar(visit.say, found),
        rule=rule.id,
        since=since,
        to=to,
        report=visit.link(f"/episodes/{found.region}/report", **given),
        beside=beside,
        choices=places.choices(visit, beside),
        csv={
            "days": visit.data("averages", **span, every="day"),
            "hours": visit.data("averages", **span, every="hour"),
            "measures": visit.data("measures", **span),
        },
        rest=part(visit, _key(visit, asked, rule, beside), f"/episodes/{found.region}/more", **given),
    )


@router.get("/episodes/{region}/more")
def episode_more(
    visit: AtVisit,
    region: str,
    since: Annotated[date, Query(alias="from")],
    to: date,
    profile: Text | None = None,
    beside: Beside = [],  # noqa: B006 - read alone
    bare: bool = False,
) -> Response:
    """What the report of the episode shows besides, which takes a moment to work out."""
    kept = unchanged(visit)
    if kept is not None:
        return kept
    asked = _question(visit, region, since, to)
    rule = episodes.profile_of(visit.desk.facts, asked, profile)

    def work() -> Told:
        return replace(Told.of(_report(visit, asked, rule, beside).sheet, ("calendar",)), sentence="")

    return part_of(visit, _key(visit, asked, rule, beside), work, visit.say.region(region), bare=bare)


@router.get("/episodes/{region}/report")
def episode_file(
    visit: AtVisit,
    region: str,
    since: Annotated[date, Query(alias="from")],
    to: date,
    profile: Text | None = None,
    beside: Beside = [],  # noqa: B006 - read alone
) -> Response:
    """The episode's report as one file, as `yellowsea report episode` writes it."""
    kept = unchanged(visit)
    if kept is not None:
        return kept
    asked = _question(visit, region, since, to)
    rule = episodes.profile_of(visit.desk.facts, asked, profile)
    report = _report(visit, asked, rule, beside)
    name = f"{report.name}-{visit.language}.html"
    headers = {
        "Content-Security-Policy": REPORT_POLICY,
        "Content-Disposition": f'inline; filename="{name}"',
        "Cache-Control": "no-cache",
        "ETag": visit.tag(),
    }
    told = paper.html(visit.say, report.sheet, visit.desk.now)
    return Response(told, headers=headers, media_type="text/html; charset=utf-8")


def _question(visit: Visit, region: str, since: date, to: date) -> Question:
    if not 0 <= (to - since).days <= PAGE_DAYS:
        raise QuestionError(f"a page of an episode shows 1 to {PAGE_DAYS} days")
    return places.question(visit, region, since, to)


def _key(visit: Visit, asked: Question, rule: object, beside: list[str]) -> Key:
    return ("episode", visit.mark, visit.language, asked, rule, tuple(beside))


def _report(visit: Visit, asked: Question, rule: Any, beside: list[str]) -> Report:
    """The report of an episode in the page's language; its answer is worked out once for all of them."""
    desk = visit.desk
    others = tuple(places.question(visit, one, asked.first_day, asked.last_day) for one in beside)
    wanted = episode_report_of.Asked(asked, rule, others)
    answer = shelf_of(visit).get(
        ("composed", visit.mark, wanted),
        lambda: episode_report_of.compose(desk.store, desk.facts, wanted),
    )
    return episode_report.report(visit.say, answer)
