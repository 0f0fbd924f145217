"""Write the documentation's pictures of a report: ``python -m tests.report.screenshots REPORT.html``.

In a real Chromium, on the light theme; of FreqUI and of the tuning page they are taken by hand.
"""

import sys
from pathlib import Path

from tests.lab.browser import chromium
from tests.support.patience import PATIENCE
from tests.support.places import REPOSITORY as ROOT

IMAGES = ROOT / "docs" / "images"
# Charts are drawn when they come into sight.
DRAWN = """[...document.querySelectorAll(".chart")].every(one => one.querySelector(".main-svg")
    || one.getBoundingClientRect().top > innerHeight || one.getBoundingClientRect().bottom < 0)"""
SIZE = {"width": 1200, "height": 1180}


def main(report: Path) -> None:
    """Picture a report's first screen, and that of its best trades."""
    with chromium() as browser:
        page = browser.new_page(viewport=SIZE, color_scheme="light")
        page.goto(report.resolve().as_uri())
        best = page.get_by_role("heading", name="best trades")
        for name, top in (("report.png", page.locator("h1").first), ("report-trades.png", best)):
            top.evaluate("element => window.scrollTo(0, element.getBoundingClientRect().top + scrollY - 90)")
            page.wait_for_function(DRAWN, timeout=PATIENCE * 1000)
            page.screenshot(path=IMAGES / name)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
