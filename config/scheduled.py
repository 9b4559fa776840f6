"""Which reports are written by themselves, and when: `scheduled_reports.csv`."""

from __future__ import annotations

from datetime import time
from typing import ClassVar, Literal, get_args

from pydantic import Field, model_validator

from config.fact import Fact
from config.notices import Language, parted

ReportKind = Literal["brief", "morning", "episode", "season"]

_LANGUAGES: tuple[Language, ...] = get_args(Language)


class ScheduledReport(Fact):
    """A report that is written when its time has come.

    Attributes
    ----------
    kind : `brief`, the sheet of the evening's decision; `morning`, the summary of the day before; `episode`,
        when one of the profile has ended; `season`, at the close of each.
    regions : between bars. One sheet tells all of them in a `brief` or `morning`; each has a report of its
        own otherwise.
    profile : what makes an episode; for `episode` alone.
    at : civil time of the first region, from which on a report of a day is due.
    wait_days : how many days after the end of an episode or season, so that late hours are in it.
    languages : between bars; left out: those of the setting.
    catch_up_days : what was missed while nothing ran is written so many days back.
    keep_days : older reports are deleted; left out: kept for ever.
    """

    REFERS: ClassVar[dict[str, str]] = {"regions": "regions", "profile": "profiles"}

    # Names of files begin with it.
    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    kind: ReportKind
    regions: str
    profile: str | None = None
    at: time
    wait_days: int = Field(default=0, ge=0, le=60)
    languages: str | None = None
    catch_up_days: int = Field(default=3, ge=1, le=120)
    keep_days: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _fitting(self) -> ScheduledReport:
        if (self.kind == "episode") != (self.profile is not None):
            raise ValueError("a report of kind episode needs a profile, and no other has one")
        wrong = [one for one in parted(self.languages) if one not in _LANGUAGES]
        if wrong:
            raise ValueError(f"languages are {', '.join(_LANGUAGES)}, not {', '.join(wrong)}")
        if self.keep_days is not None and self.keep_days <= self.catch_up_days + self.wait_days:
            raise ValueError("keep_days is more than catch_up_days and wait_days together")
        if not self.places or (self.kind == "brief" and len(self.places) > 1):
            raise ValueError("a report needs regions, a brief one region that holds all its sido")
        return self

    @property
    def places(self) -> list[str]:
        """The regions, in order."""
        return parted(self.regions)

    def spoken(self, otherwise: tuple[str, ...]) -> tuple[str, ...]:
        """The languages in which it is written."""
        return tuple(parted(self.languages)) or otherwise
