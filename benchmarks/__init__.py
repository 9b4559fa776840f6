"""What the project promises to be fast, measured against a peer in the same run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Bar(NamedTuple):
    """Ours and the peer in one unit, their ratio, and what the ratio must keep to.

    `most` and `least` bound ours / peer; where there is no peer, ours itself. Neither: told, not judged.
    """

    name: str
    unit: str
    ours: float
    peer: float | None = None
    most: float | None = None
    least: float | None = None

    @property
    def ratio(self) -> float:
        """Ours / peer, or ours where there is no peer."""
        return self.ours if self.peer is None else self.ours / self.peer

    @property
    def held(self) -> bool:
        """Whether the limit is kept; true where there is none."""
        return (self.most is None or self.ratio <= self.most) and (
            self.least is None or self.ratio >= self.least
        )


def table(bars: Sequence[Bar]) -> str:
    """Ours, the peer and the limit side by side."""
    lines = [f"{'what':<66}{'unit':>12}{'ours':>13}{'peer':>13}{'ratio':>9}{'limit':>13}"]
    for bar in bars:
        peer = "-" if bar.peer is None else f"{bar.peer:,.5g}"
        ratio = "-" if bar.peer is None else f"{bar.ratio:.3f}"
        limit = "-"
        if bar.most is not None:
            limit = f"<= {bar.most:g}"
        elif bar.least is not None:
            limit = f">= {bar.least:,g}"
        missed = "" if bar.held else "  MISSED"
        lines.append(f"{bar.name:<66}{bar.unit:>12}{bar.ours:>13,.5g}{peer:>13}{ratio:>9}{limit:>13}{missed}")
    return "\n".join(lines)
