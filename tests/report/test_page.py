"""The page and its command: one file that loads nothing, whatever the export holds; also in Chromium."""

import json
import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from freqtrade.data.history import get_datahandler
from freqtrade.enums import CandleType
from ict_lab.bots import forks
from ict_lab.candles import common_range, read_candles
from ict_lab.replay.markets import load_market
from ict_lab.report import contents
from ict_lab.report.__main__ import main
from playwright.sync_api import Browser

from ict import Params
from tests.lab.browser import chromium
from tests.report.exports import (
    BTC,
    ETH,
    EVIL,
    START,
    STEM,
    STRATEGY,
    candles_of,
    many,
    random_walk,
    result,
    trade,
    write,
    write_candles,
)
from tests.support.patience import PATIENCE
from tests.support.places import SHIPPED

# Freqtrade's own loading of candles still uses what pandas is about to drop.
pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword")

MOST_BYTES = 8_000_000
STEP = 600  # pixels of a scroll
# What makes a browser load something: attributes of any element, and rules of a style.
LOADING = {"src", "href", "srcset", "data", "action", "poster", "background", "formaction"}


class Elements(HTMLParser):
    """Everything in a page: attributes that load, texts by element, names of elements."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.names: list[str] = []
        self.handlers: list[str] = []
        self.styles: list[str] = []
        self.json: list[str] = []
        self.text: list[str] = []
        self._within = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        values = dict(attrs)
        self._within = "json" if values.get("type") == "application/json" else tag
        self.loads += [value or "" for name, value in attrs if name in LOADING]
        self.handlers += [name for name, _ in attrs if name.startswith("on")]
        self.styles += [value or "" for name, value in attrs if name == "style"]

    def handle_endtag(self, tag: str) -> None:
        self._within = ""

    def handle_data(self, data: str) -> None:
        kind = {"style": self.styles, "json": self.json, "script": []}.get(self._within, self.text)
        kind.append(data)

    @property
    def words(self) -> str:
        return " ".join(" ".join(self.text).split())


def report(folder: Path, *arguments: str) -> Elements:
    """Make the report of the export in a folder and take it apart."""
    out = folder / "out" / "report.html"
    assert main([str(folder), "--out", str(out), *arguments]) == 0
    assert out.stat().st_size < MOST_BYTES
    assert not list(out.parent.glob("*.part"))
    return Elements(out.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def page(page_file: Path) -> Elements:
    """Take apart the page that the browser looks at, too."""
    return Elements(page_file.read_text(encoding="utf-8"))


@pytest.fixture
def few_charts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw one trade of each kind where the charts are not what is looked at."""
    monkeypatch.setattr(contents, "SHOWN_TRADES", 1)


def test_the_page_loads_nothing(page: Elements) -> None:
    assert page.loads == ["data:,"]
    assert not [style for style in page.styles if re.search(r"url\(|@import", style)]
    assert not {"iframe", "object", "embed", "img", "base"} & set(page.names)


def test_texts_of_an_export_stay_texts(page: Elements) -> None:
    assert page.handlers == []
    assert EVIL in page.words
    figures = "".join(page.json)
    assert "<" not in figures
    assert "\\u003cimg" not in figures  # in a label it is escaped for Plotly, too
    assert "&lt;img" in figures


def test_every_figure_is_whole(page: Elements) -> None:
    figures = [json.loads(text) for text in page.json]
    themes = figures.pop()
    assert set(themes) == {"light", "dark"}
    assert len(figures) >= 2 * (4 + 8)
    assert all(figure["data"] and figure["layout"]["height"] for figure in figures)
    kinds = {trace["type"] for figure in figures for trace in figure["data"]}
    assert {"scatter", "histogram", "waterfall", "candlestick"} <= kinds


def test_the_sections_stand_in_their_order(page: Elements) -> None:
    titles = (
        "Strategies of this export", "Too few trades to judge", "Few trades.", "net profit", "Equity",
        "R multiples", "Against chance", "Costs", "What the trades have in common", "The 10 best trades",
        "The 10 worst trades",
    )  # fmt: skip
    places = [page.words.index(title) for title in titles]
    assert places == sorted(places)
    assert "Silent traded nothing in this backtest." in page.words
    assert "Chosen among several." in page.words


def test_figures_of_the_page_are_those_of_the_trades(page: Elements) -> None:
    """24 of 60 trades win 4, 36 lose 2, less fees: 0.05 % of 100 and of the price of the exit."""
    fees = 0.0005 * sum(100 + row["close_rate"] for row in many(60))
    net = 24 * 4 - 36 * 2 - fees
    assert f"+{net:.2f} USDT" in page.words
    assert "40.0 % gained" in page.words
    assert f"fees {fees:,.0f} USDT" in page.words
    assert "booked 0.05 % on entries and 0.05 % on exits" in page.words
    assert f"entries at the market paid 3.00 USDT, exits {fees - 3:.2f} USDT" in page.words


def test_where_candles_are_absent_the_report_says_so(tmp_path: Path, few_charts: None) -> None:
    rows = [*many(12), trade(100.0, [(1.0, 104.0)], (98.0, 0.02), pair=ETH)]
    write(tmp_path, {STRATEGY: result(rows)})
    found = report(tmp_path, "--datadir", str(tmp_path / "nowhere"))
    assert f"the candles of {BTC}, {ETH} are missing" in found.words
    assert f"Not compared: 15m candles of {BTC} in {tmp_path}/nowhere must cover" in found.words
    assert f"has no candles of {BTC} for that time" in found.words


def test_another_strategys_export_without_tags_and_with_one_trade(tmp_path: Path, made_datadir: Path) -> None:
    row = trade(100.0, [(1.0, 101.0)], (101.0, 0.02), tag=None, reason="trailing_stop_loss")
    write(tmp_path, {"SampleStrategy": result([row])})
    found = report(tmp_path, "--datadir", str(made_datadir))
    assert "Too few trades to judge: only 1 trade, of 30 that it takes" in found.words
    assert "R multiples are not known." in found.words
    assert "no tag" in found.words
    assert "No trade lost." in found.words


def test_one_strategy_of_several(tmp_path: Path, made_datadir: Path, few_charts: None) -> None:
    write(tmp_path, {"One": result(many(12)), "Two": result(many(12))})
    found = report(tmp_path, "--strategy", "Two", "--datadir", str(made_datadir))
    assert "select" not in found.names
    assert "One" not in found.words.split()
    # It was still chosen among two.
    assert "Chosen among several." in found.words


@pytest.mark.parametrize("block", [{"ict": {"max_touches": 500}}, {"ict": {"min_gap_percent": "much"}}])
def test_settings_of_the_export_are_checked(
    block: dict[str, object], tmp_path: Path, made_datadir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, {STRATEGY: result(many(12))}, config=block)
    assert main([str(tmp_path), "--out", str(tmp_path / "r.html"), "--datadir", str(made_datadir)]) == 2
    (name,) = block["ict"]
    assert f"{tmp_path}/{STEM}.zip: settings of {STRATEGY}: {name} must be" in capsys.readouterr().err


@pytest.mark.parametrize(("strategy", "block", "trails"), [
    (STRATEGY, {}, "none"),
    ("ICTObTrendStrategy", {}, "4h"),
    ("ICTObTrendStrategy", {"trail_timeframe": "1h"}, "1h"),
])  # fmt: skip
def test_charts_are_drawn_by_the_settings_of_the_class_that_traded(
    strategy: str, block: dict[str, str], trails: str, tmp_path: Path, made_datadir: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    used: list[Params] = []

    def drawn(trade: object, candles: object, params: Params, *others: object) -> list[object]:
        used.append(params)
        return []

    monkeypatch.setattr(contents, "trade_charts", drawn)
    write(tmp_path, {strategy: result(many(12))}, config={"ict": block})
    report(tmp_path, "--datadir", str(made_datadir))
    assert {params.trail_timeframe for params in used} == {trails}


@pytest.mark.parametrize("name", ["json", "jsongz", "parquet"])
def test_candles_of_every_format_that_freqtrade_writes_are_read(name: str, tmp_path: Path) -> None:
    candles = candles_of(many(12), random_walk(400, 3))
    get_datahandler(tmp_path, name).ohlcv_store(BTC, "15m", candles, CandleType.FUTURES)
    read = read_candles(tmp_path, BTC, "15m", fill=False)
    assert list(read["close"]) == pytest.approx(list(candles["close"]))
    day = START.floor("D")
    assert common_range(tmp_path, [BTC], "15m") == (day, day + pd.Timedelta(days=4))
    market = load_market(tmp_path, BTC, "15m", START, START + pd.Timedelta(days=2), None)
    assert len(market.frame) == 2 * 96 + 1


def test_bad_input_gets_a_sentence_and_loses_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(*arguments: str) -> str:
        assert main(arguments) == 2
        told = capsys.readouterr()
        assert told.out == ""
        assert "Traceback" not in told.err
        return told.err

    old = tmp_path / "report.html"
    old.write_text("an earlier report", encoding="utf-8")
    assert "no backtest export at" in refused(str(tmp_path / "absent.zip"), "--out", str(old))
    assert "Run `freqtrade backtesting` first" in refused(str(tmp_path))
    export = str(write(tmp_path, {STRATEGY: result(many(12)), "Silent": result([])}))
    wrong = refused(export, "--strategy", "Wrong", "--out", str(old))
    assert f"--strategy must be one of {STRATEGY}, Silent, was Wrong" in wrong
    assert "Silent traded nothing" in refused(export, "--strategy", "Silent", "--out", str(old))
    assert "--out must be a file" in refused(export, "--out", str(tmp_path))
    assert "--out can't be written" in refused(export, "--out", str(old / "r.html"))
    assert old.read_text(encoding="utf-8") == "an earlier report"


def test_a_broken_file_of_candles_counts_as_absent(tmp_path: Path, few_charts: None) -> None:
    write(tmp_path, {STRATEGY: result(many(12))})
    datadir = write_candles(tmp_path / "data", pd.DataFrame({"date": [START]}))
    found = report(tmp_path, "--datadir", str(datadir))
    assert f"the candles of {BTC} are missing or unreadable" in found.words


def test_the_command_as_a_process_takes_the_last_result(tmp_path: Path) -> None:
    """As `make report` runs it: the default folders are those of Freqtrade, below the working folder."""
    write(tmp_path / "user_data" / "backtest_results", {STRATEGY: result(many(12))})
    line = [sys.executable, "-m", "ict_lab.report"]
    environment = {"PYTHONPATH": SHIPPED, "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    run = forks.run(line, cwd=tmp_path, env=environment, timeout=PATIENCE)
    assert run.returncode == 0, run.stderr
    out = tmp_path / "user_data" / "plot" / f"{STEM}-report.html"
    assert run.stdout == f"Report: {out}\n"
    assert out.is_file()
    told = run.stderr.splitlines()
    assert told[0] == f"{STRATEGY}: reading candles of {BTC} from user_data/data/binance"
    assert len(told) == 3


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
    """No error, no request, every chart drawn, both themes, also on a phone."""
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
