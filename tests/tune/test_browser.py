"""The page in a real browser: from a slider over the chart, the diff and a backtest to the written file."""

import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from freqtrade.optimize.hyperopt_tools import HyperoptTools
from ict_lab.bots import forks
from playwright.sync_api import Browser, Page

from loopback.clock import FixedClock
from loopback.exchange import Exchange
from loopback.market.intervals import DAY_MS
from loopback.market.synthetic import SyntheticMarket
from loopback.server import LoopbackServer
from tests.lab.browser import chromium
from tests.strategy.support import STRATEGY
from tests.support.patience import PATIENCE, wait_for
from tests.support.places import REPOSITORY, SHIPPED
from tests.tune.conftest import CONFIGS, DAYS, START_MS, copied

PATIENCE_MS = PATIENCE * 1000
DRAWN = """[...document.querySelectorAll("#chart .shapelayer, #chart .scatterlayer")]
    .map(layer => layer.innerHTML).join()"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def strategies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a copy of the strategies; one test writes into it, and none minds."""
    return copied(tmp_path_factory.mktemp("code") / "strategies")


@pytest.fixture(scope="module")
def address(strategies: Path, candle_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run the page as a person does, and an exchange for its backtests; give the page's address."""
    place = tmp_path_factory.mktemp("page")
    market = SyntheticMarket(START_MS, START_MS + DAYS * DAY_MS, seed=7, symbols=("BTCUSDT",))
    overlay = place / "loopback.json"
    with LoopbackServer(Exchange(market, FixedClock(START_MS + DAYS * DAY_MS - DAY_MS))) as exchange:
        exchange.write_overlay(overlay)
        configs = [word for path in (*CONFIGS, overlay) for word in ("-c", str(path))]
        folders = ["--datadir", str(candle_folder), "--strategies", str(strategies), "--port", "0"]
        line = [sys.executable, "-m", "ict_lab.tune", *configs, *folders]
        left_out = ("FREQTRADE__", "PYTEST_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
        environment = kept | {"PYTHONPATH": SHIPPED, "TMPDIR": str(place), "PYTHONUNBUFFERED": "1"}
        out, noise = place / "out", place / "noise"
        with out.open("wb") as stdout, noise.open("wb") as stderr:
            process = forks.popen(line, cwd=REPOSITORY, env=environment, stdout=stdout, stderr=stderr)
        try:
            wait_for(lambda: "\n" in out.read_text())
            yield out.read_text().split()[1]
        finally:
            process.send_signal(signal.SIGTERM)
            code = process.wait(PATIENCE)
        assert (code, noise.read_text()) == (0, "")
        assert exchange.exchange.record.refusals == []
    assert list(place.glob("ict-tune-*")) == []


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
    opened.evaluate("document.querySelectorAll('#controls details').forEach(group => { group.open = true; })")
    yield opened
    opened.close()
    assert (strangers, errors) == ([], [])


def entries(page: Page) -> int:
    return int(page.text_content("#summary").split(" · ")[1].split()[0])


def slide(page: Page, name: str, value: float) -> None:
    """Move a slider as a hand does; the page hears of it by the same event."""
    page.locator(f"#control-{name} input[type=range]").fill(str(value))


def until(page: Page, selector: str, text: str) -> None:
    script = "([selector, text]) => document.querySelector(selector).textContent.includes(text)"
    page.wait_for_function(script, arg=[selector, text])


def drawn(page: Page) -> str:
    shapes: str = page.evaluate(DRAWN)
    return shapes


def until_redrawn(page: Page, before: str) -> None:
    page.wait_for_function(f"before => {DRAWN} !== before", arg=before)


def test_from_a_slider_to_the_written_file(page: Page, strategies: Path) -> None:
    check_the_chart_follows_a_slider(page)
    check_a_wrong_value_is_said(page)
    check_the_matrix_of_facts(page)
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
    page.fill("#control-max_chase_r .number", "900")
    until(page, "#wrong", "max_chase_r must be between 0 and 100, was 900")
    until(page, "#changes", "max_chase_r must be between 0 and 100, was 900")
    assert page.is_disabled("#ask-write")
    page.fill("#control-max_chase_r .number", "")
    until(page, "#wrong", "was empty")
    page.fill("#control-max_chase_r .number", "0.5")
    page.wait_for_function("document.querySelector('#wrong').textContent === ''")


def check_the_matrix_of_facts(page: Page) -> None:
    """Turn a fact off and see the threshold's steps follow: 2, 1.5 and 1.5 points are left, 5 at most."""
    score = page.locator("#score-steps")
    # The block's 2 points always count: 2, 3.5, 4, 5, 5.5, 7.
    assert (score.get_attribute("max"), page.text_content("#score")) == ("5", "4")
    page.locator("#control-use_ob input[value=off]").check()
    until(page, "#score-most", "of 5 points at most")
    # 0, 1.5, 2, 3, 3.5, 5
    assert score.get_attribute("max") == "5"
    score.fill("4")
    until(page, "#score", "3.5")
    until(page, "#changes", "entry_threshold")
    page.locator("#control-use_ob input[value=points]").check()
    until(page, "#score-most", "of 7 points at most")
    score.fill("2")
    page.wait_for_function(
        "document.querySelector('#changes').textContent.includes('min_body_ratio') && "
        "!document.querySelector('#changes').textContent.includes('entry_threshold')"
    )


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
    assert page.text_content("#group-trend summary") == "Higher timeframe trend1 changed"


def check_a_backtest(page: Page) -> None:
    """Cancel one, and let one run to its end."""
    page.click("#backtest")
    page.locator("#run").wait_for()
    page.click("#cancel")
    until(page, "#backtest-told", "cancelled")
    page.click("#backtest")
    page.locator("#results .results").wait_for()
    figures = dict(zip(*[page.locator(f"#results .results {cell}").all_text_contents() for cell in
                         ("td:nth-child(1)", "td:nth-child(2)")], strict=True))  # fmt: skip
    assert int(figures["trades"]) > 0
    outcomes = page.locator("#results .outcomes tr").all_text_contents()
    assert outcomes[0] == f"traded{figures['trades']}"
    counts = page.locator("#results .outcomes td:last-child").all_text_contents()
    assert sum(int(count.replace(",", "")) for count in counts) == int(figures["signals"])
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
    until(page, "#written", "Written to ICTObFvgStrategy.json. The old file is in")
    until(page, "#changes", "The page has the current settings")
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


def test_a_phone_scrolls_one_way_and_folds_the_controls(browser: Browser, address: str) -> None:
    phone = browser.new_page(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    phone.set_default_timeout(PATIENCE_MS)
    phone.goto(address)
    phone.locator("#chart .boxlayer path").first.wait_for()
    phone.locator("#group-facts").wait_for()
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    assert phone.locator("#controls details[open]").evaluate_all("all => all.map(one => one.id)") == [
        "group-facts"
    ]
    until(phone, "#width .selected", "75")
    # A candle every four pixels, or a body is none.
    phone.wait_for_function("document.querySelectorAll('#chart .boxlayer path').length === 75")
    phone.locator("#group-entry summary").click()
    phone.locator("#control-entry_at label", has_text="limit order in the zone").click()
    until(phone, "#summary", "cancelled")
    phone.close()
