"""The page in a real browser: from a slider over the chart, the diff and a backtest to the written file."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from freqtrade.optimize.hyperopt_tools import HyperoptTools
from playwright.sync_api import Browser, Page

from loopback.clock import FixedClock
from loopback.exchange import Exchange
from loopback.market.intervals import DAY_MS
from loopback.market.synthetic import SyntheticMarket
from loopback.server import LoopbackServer
from tests.strategy.support import STRATEGY
from tests.support.needs import chromium
from tests.support.places import REPOSITORY, SHIPPED
from tests.tune.conftest import CONFIGS, DAYS, START_MS

PATIENCE_MS = 300_000
DRAWN = """[...document.querySelectorAll("#chart .shapelayer, #chart .scatterlayer")]
    .map(layer => layer.innerHTML).join()"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start the browser that is installed, or skip where there is none."""
    with chromium() as running:
        yield running


@pytest.fixture
def address(strategies: Path, candle_folder: Path, tmp_path: Path) -> Iterator[str]:
    """Run the page as a person does, and an exchange for its backtests; give the page's address."""
    market = SyntheticMarket(START_MS, START_MS + DAYS * DAY_MS, seed=7, symbols=("BTCUSDT",))
    overlay = tmp_path / "loopback.json"
    with LoopbackServer(Exchange(market, FixedClock(START_MS + DAYS * DAY_MS - DAY_MS))) as exchange:
        exchange.write_overlay(overlay)
        configs = [word for path in (*CONFIGS, overlay) for word in ("-c", str(path))]
        folders = ["--datadir", str(candle_folder), "--strategies", str(strategies), "--port", "0"]
        line = [sys.executable, "-m", "ict_lab.tune", *configs, *folders]
        left_out = ("FREQTRADE__", "PYTEST_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
        environment = kept | {"PYTHONPATH": SHIPPED, "TMPDIR": str(tmp_path), "PYTHONUNBUFFERED": "1"}
        with subprocess.Popen(
            line, cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            told = process.stdout.readline()
            try:
                yield told.split()[1]
            finally:
                process.send_signal(signal.SIGTERM)
                noise = process.stderr.read()
        assert (process.returncode, noise) == (0, "")
        assert exchange.exchange.record.refusals == []
    assert list(tmp_path.glob("ict-tune-*")) == []


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """Open the page; at the end, it asked no other machine for anything and had no error."""
    opened = browser.new_page(viewport={"width": 1500, "height": 1100})
    opened.set_default_timeout(PATIENCE_MS)
    strangers, errors = [], []
    opened.on("request", lambda one: one.url.startswith(("data:", address)) or strangers.append(one.url))
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.goto(address)
    opened.locator("#chart .boxlayer path").first.wait_for()
    opened.wait_for_function("document.querySelector('#summary').textContent.includes('candles')")
    yield opened
    opened.close()
    assert (strangers, errors) == ([], [])


def entries(page: Page) -> int:
    """Read from the summary how many entries there are."""
    return int(page.text_content("#summary").split(" · ")[1].split()[0])


def slide(page: Page, name: str, value: float) -> None:
    """Move a slider as a hand does; the page hears of it by the same event."""
    page.locator(f"#control-{name} input[type=range]").fill(str(value))


def until(page: Page, selector: str, text: str) -> None:
    """Wait until an element says something."""
    script = "([selector, text]) => document.querySelector(selector).textContent.includes(text)"
    page.wait_for_function(script, arg=[selector, text])


def drawn(page: Page) -> str:
    """Read the shapes that the browser has drawn."""
    shapes: str = page.evaluate(DRAWN)
    return shapes


def until_redrawn(page: Page, before: str) -> None:
    """Wait until the browser has drawn something else."""
    page.wait_for_function(f"before => {DRAWN} !== before", arg=before)


def test_from_a_slider_to_the_written_file(page: Page, strategies: Path) -> None:
    check_the_chart_follows_a_slider(page)
    check_a_wrong_value_is_said(page)
    check_the_diff(page)
    check_a_backtest(page)
    check_the_file_is_written(page, strategies)
    check_a_missing_bot_is_said(page)


def check_the_chart_follows_a_slider(page: Page) -> None:
    """Move a slider of patterns and one of exits."""
    before, shapes = entries(page), drawn(page)
    slide(page, "min_body_ratio", 0.85)
    page.wait_for_function(f"!document.querySelector('#summary').textContent.includes('· {before} entries')")
    assert 0 < entries(page) < before
    assert page.input_value("#control-min_body_ratio .number") == "0.85"
    until_redrawn(page, shapes)
    shapes = drawn(page)
    page.fill("#control-risk_reward .number", "4")
    until(page, "#changes", "risk_reward")
    until_redrawn(page, shapes)
    assert page.input_value("#control-risk_reward input[type=range]") == "4"


def check_a_wrong_value_is_said(page: Page) -> None:
    """Type a value that is not allowed, and none at all."""
    page.fill("#control-entry_threshold .number", "900")
    until(page, "#wrong", "entry_threshold must be between 0 and 100, was 900")
    until(page, "#changes", "entry_threshold must be between 0 and 100, was 900")
    assert page.is_disabled("#ask-write")
    page.fill("#control-entry_threshold .number", "")
    until(page, "#wrong", "was empty")
    page.fill("#control-entry_threshold .number", "4")
    page.wait_for_function("document.querySelector('#wrong').textContent === ''")


def check_the_diff(page: Page) -> None:
    """See what would change, in the table and beside the controls."""
    page.locator("#control-htf_gate label", has_text="off").click()
    until(page, "#changes", "htf_gate")
    rows = page.locator("#changes tbody tr").all_text_contents()
    assert rows == [
        "min_body_ratio0.70.7strategy's default0.85",
        "htf_gateononstrategy's defaultoff",
        "risk_reward2.02.0strategy's default4.0",
    ]
    assert page.locator(".control.changed").count() == 3


def check_a_backtest(page: Page) -> None:
    """Cancel one, and let one run to its end."""
    page.click("#backtest")
    page.locator("#run").wait_for()
    page.click("#cancel")
    until(page, "#backtest-told", "cancelled")
    page.click("#backtest")
    page.locator("#results table").wait_for()
    figures = dict(zip(*[page.locator(f"#results {cell}").all_text_contents() for cell in
                         ("td:nth-child(1)", "td:nth-child(2)")], strict=True))  # fmt: skip
    assert int(figures["trades"]) > 0
    assert figures["profit"].endswith("%)")
    assert not page.locator("#run").is_visible()


def check_the_file_is_written(page: Page, strategies: Path) -> None:
    """Write after a question, keep what another wrote in between, and see nothing left to change."""
    file = strategies / f"{STRATEGY}.json"
    page.click("#ask-write")
    until(page, "#write-question", "Write 3 settings into")
    assert not file.exists()
    page.click("#no-write")
    page.locator("#write-box").wait_for(state="hidden")
    assert not file.exists()
    page.click("#ask-write")
    until(page, "#write-question", "Write 3 settings into")
    other = {"strategy_name": STRATEGY, "params": {"stoploss": {"stoploss": -0.07}}, "ft_stratparam_v": 1}
    file.write_text(json.dumps(other), encoding="utf-8")
    page.locator("#write").click()
    until(page, "#written", "has changed since")
    page.click("#ask-write")
    until(page, "#write-question", "Write 3 settings into")
    page.locator("#write").click()
    until(page, "#written", "Written to ICTObFvgStrategy.json. What it was is in")
    until(page, "#changes", "The page equals what is in force")
    params = HyperoptTools.load_params_from_file(file)["params"]
    assert params == {
        "stoploss": {"stoploss": -0.07},
        "patterns": {"min_body_ratio": 0.85},
        "confluence": {"htf_gate": False},
        "exits": {"risk_reward": 4.0},
    }
    (backup,) = strategies.glob("*.backup.json")
    assert json.loads(backup.read_text(encoding="utf-8")) == other


def check_a_missing_bot_is_said(page: Page) -> None:
    """Ask for a bot where there is none."""
    page.fill("#address", "http://127.0.0.1:9")
    page.click("#look")
    until(page, "#bot-told", "no bot answers at http://127.0.0.1:9")


def test_the_strip_and_the_buttons_move_the_view(page: Page) -> None:
    first = page.locator("#chart .xaxislayer-above, #chart .xtick").all_text_contents()
    page.click("#before")
    page.wait_for_function(
        "before => [...document.querySelectorAll('#chart .xaxislayer-above, #chart .xtick')]"
        ".map(one => one.textContent).join() !== before",
        arg=",".join(first),
    )
    page.locator("#width label", has_text="all").click()
    until(page, "#chart", "each bar is 7 candles")
