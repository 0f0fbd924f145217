"""The page in a real Chromium: no error, no request, every chart drawn, both themes, also on a phone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.report.exports import EVIL
from tests.support.needs import chromium
from tests.support.patience import PATIENCE

# Freqtrade's own loading of candles still uses what pandas is about to drop.
pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword")

STEP = 600


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


def drawn_charts(page: Any, strategy: str) -> tuple[int, int]:
    """Scroll through a strategy's part and count its charts, and those that were drawn."""
    height = page.evaluate("document.documentElement.scrollHeight")
    for top in range(0, height + STEP, STEP):
        page.evaluate(f"window.scrollTo(0, {top})")
        page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.wait_for_function(
        f"document.querySelectorAll('#{strategy} .chart:not(:has(.main-svg))').length === 0",
        timeout=PATIENCE * 1000,
    )
    count = "document.querySelectorAll('#{} .chart{}').length"
    return page.evaluate(count.format(strategy, "")), page.evaluate(count.format(strategy, " .main-svg"))


def test_the_page_in_a_browser(browser: Any, page_file: Path) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 800}, color_scheme="dark")
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(page_file.as_uri())
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    charts, pictures = drawn_charts(page, "strategy-1")
    assert charts >= 4 + 8 + 20
    assert pictures >= charts
    page.select_option("#strategy", "strategy-2")
    assert page.locator("#strategy-1").is_hidden()
    drawn_charts(page, "strategy-2")
    # A tag is shown as it is.
    labels = page.locator("#strategy-2 svg text").all_text_contents()
    assert EVIL in labels
    page.click("#theme")
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    # Nothing but tables in their own frames may be wider than the phone.
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert said == []
    assert asked == [page_file.as_uri()]
    page.close()
