"""How the effect of a policy is asked: windows and regions, the same for every region and every year."""

from __future__ import annotations

from typing import ClassVar

from config.fact import Dated


class EffectDesign(Dated):
    """The window in which an effect is looked for, with what it is compared, and the regions it concerns.

    Attributes
    ----------
    subject : a scheme of seasons, or `standards-KR`, `standards-CN`.
    scope : the regions, between bars, that are under the policy while the row holds.
    before_weeks, after_weeks : on either side of the start, the donut included; `donut_weeks` on either side
        are left out.
    years, fewest_years : how many years before the policy are compared, and fewer than which say nothing.
    history_weeks : before the start, on which a synthetic control is fitted.
    fewest_donors : regions not under the policy that a synthetic control needs.
    """

    KEY: ClassVar = ("subject", "valid_from")
    REFERS: ClassVar = {"scope": "regions"}

    subject: str
    scope: str
    before_weeks: int
    after_weeks: int
    donut_weeks: int
    years: int
    fewest_years: int
    history_weeks: int
    fewest_donors: int

    @property
    def regions(self) -> list[str]:
        """The regions under the policy."""
        return self.scope.split("|")
