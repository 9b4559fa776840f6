"""The pictures of docs/dashboard.md: every page as a browser shows it, on a database of real days.

`make screenshots DATABASE=URL`: the database holds the archives of 2018 to 2020.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

FOLDER = Path(__file__).parents[2] / "docs/pages"
WIDE, PHONE, HIGH = 1200, 360, 980
# Name, address, width.
SHOTS = (
    ("map", "/?lang=en&at=2020-02-01T03:00Z", WIDE),
    ("map-phone-ko", "/?lang=ko&at=2020-02-01T03:00Z", PHONE),
    ("regions", "/regions?lang=en", WIDE),
    ("region", "/regions/kr-seoul?lang=en&to=2019-03-10", WIDE),
    ("episodes", "/episodes?lang=en&region=kr-seoul&from=2018-12-01&to=2019-03-31", WIDE),
    ("episode", "/episodes/kr-seoul?lang=en&from=2019-02-25&to=2019-03-09", WIDE),
    ("episode-phone-zh", "/episodes/kr-seoul?lang=zh&from=2019-02-25&to=2019-03-09", PHONE),
    ("seasons", "/seasons?lang=en&region=kr-seoul&years=2018-2024", WIDE),
    ("measures", "/measures?lang=en&region=kr-seoul&year=2018", WIDE),
    ("sources", "/sources?lang=en", WIDE),
    ("reports", "/reports?lang=en", WIDE),
)


@contextmanager
def served(database: str, reports: Path | None) -> Iterator[str]:
    """The dashboard on a database, on loopback."""
    from config.settings import Settings
    from web.app import create_app
    from web.server import listening, server

    settings = Settings(database_url=database, reports=reports, web_requests_per_second=0, log_level="error")
    socket = listening("127.0.0.1", 0)
    run = server(create_app(settings), settings)
    thread = threading.Thread(target=run.run, kwargs={"sockets": [socket]}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{socket.getsockname()[1]}"
    run.should_exit = True
    thread.join(timeout=30)


def take(database: str, reports: Path | None, wanted: list[str]) -> None:
    """Every picture, or those of some names."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or sys.exit(
        "no chromium is installed (Debian: apt-get install chromium)"
    )
    FOLDER.mkdir(exist_ok=True)
    with served(database, reports) as base, sync_playwright() as driver, TemporaryDirectory() as folder:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, path, width in SHOTS:
            if wanted and name not in wanted:
                continue
            page = browser.new_page(viewport={"width": width, "height": HIGH})
            page.set_default_timeout(180_000)
            page.goto(f"{base}{path}")
            page.locator("[data-part][aria-busy=true]").first.wait_for(state="detached")
            if page.locator("#board").count():
                page.locator("#board[data-ready]").wait_for()
            raw = Path(folder) / "raw.png"
            page.screenshot(
                path=raw, full_page=True, clip={"x": 0, "y": 0, "width": width, "height": HIGH * 1.6}
            )
            _pressed(raw, FOLDER / f"{name}.png")
            page.close()
        browser.close()


def _pressed(raw: Path, to: Path) -> None:
    """Pages have few colours: a palette makes the file a third of its size."""
    from PIL import Image

    with Image.open(raw) as picture:
        picture.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
            to, optimize=True
        )
    sys.stdout.write(f"{to.relative_to(FOLDER.parents[1])} {to.stat().st_size // 1000} kB\n")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", default=os.environ.get("YELLOWSEA_DATABASE_URL"))
    parser.add_argument("--reports", type=Path, help="a folder with scheduled reports")
    parser.add_argument("names", nargs="*", help="only these pictures")
    asked = parser.parse_args()
    if not asked.database:
        parser.error("give --database URL of a database with the archives in it")
    take(asked.database, asked.reports, asked.names)


if __name__ == "__main__":
    main()
