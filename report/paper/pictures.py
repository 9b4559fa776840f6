"""Figures as PNG: drawn without a browser, if the machine has letters for what is written on them."""

from __future__ import annotations

from functools import cache

from report.question import QuestionError

# Two letters that look different in every font that has them, and alike (empty boxes) in none.
_PROBES = {"ko": ("가", "뷁"), "zh": ("空", "霾")}
_FONTS = {"ko": "Hangul", "zh": "Hanzi"}
_SCALE = 2.0


def png(svg: str, language: str) -> bytes:
    """The drawing at twice its size.

    Raises
    ------
    QuestionError
        Where no font of the machine has the letters of the language: boxes would be drawn.
    """
    import vl_convert

    if not _written(language):
        raise QuestionError(
            f"no font here has {_FONTS[language]}, so PNG figures would show boxes: install one "
            "(Debian: fonts-noto-cjk), or ask for --format svg"
        )
    drawn: bytes = vl_convert.svg_to_png(svg, scale=_SCALE)
    return drawn


@cache
def _written(language: str) -> bool:
    import vl_convert

    if language not in _PROBES:
        return True
    drawn = [vl_convert.svg_to_png(_probe(letter)) for letter in _PROBES[language]]
    return bool(drawn[0] != drawn[1])


def _probe(letter: str) -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="30" height="30"><text x="2" y="22" font-size="20" '
        f'font-family="sans-serif">{letter}</text></svg>'
    )
