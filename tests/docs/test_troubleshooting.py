"""docs/troubleshooting.md quotes what the code can say, and has every sentence of it."""

import re
from functools import cache
from pathlib import Path

import freqtrade
import pytest
from ict_host.seams.log_lines import LINES
from ict_lab.docs.commands import read

from tests.docs.markdown import codes, table_with, tables
from tests.docs.texts import HOLE, can_become, raised_in, said_by, texts_in
from tests.support.places import LAB, STRATEGIES
from tests.support.places import REPOSITORY as ROOT

# What is said of columns and facts is documentation, see docs/columns.md and docs/parameters.md.
DOCUMENTED = {"catalogue", "facts.py"}
PURE = [path for path in sorted((STRATEGIES / "ict").glob("[a-z]*")) if path.name not in DOCUMENTED]
PRODUCT = [*PURE, STRATEGIES / "ict_host", *sorted(STRATEGIES.glob("*.py"))]
HOST = Path(freqtrade.__file__).parent
PAGE = read(ROOT / "docs" / "troubleshooting.md")
QUOTES = [row[0] for rows in tables(PAGE) for row in rows[1:] if rows[0][0] == "text"]
# Words of the messages, which docs/messages.md has, and how a report names the rules of a trade's exits.
ELSEWHERE = {"en.py", "ko.py", "target.py", "trail.py", "break_even.py", "partial.py", "time_stop.py"}
# What Freqtrade, Python or a library says; where the sentence is, to be looked up there.
FOREIGN = {
    "Impossible to load Strategy 'ICTObFvgStrategy'. This class does not exist or contains Python code "
    "errors.": "resolvers/strategy_resolver.py",
    'Market entry orders require entry_pricing.price_side = "other".': "configuration/config_validation.py",
    "Short strategies cannot run in spot markets.": "resolvers/strategy_resolver.py",
    'Config file "config.json" not found!': "configuration/load_config.py",
    "Could not load markets, therefore cannot start.": "exchange/exchange.py",
    "No history for BTC/USDT:USDT, futures, 15m found.": "data/history/datahandlers/idatahandler.py",
    "No data found. Terminating.": "data/history/history_utils.py",
    "No trades made. Your starting balance was 1000 USDT, and your stake was unlimited.":
        "optimize/optimize_reports/bt_output.py",
    "Using 3 calls to get OHLCV.": "exchange/exchange.py",
    "This strategy requires 10496 candles to start, which is more than 5x (2494 candles) the amount of "
    "candles Binance provides for 1m.": "exchange/exchange.py",
    "Hedge Mode is not supported by freqtrade.": "exchange/binance.py",
    "Multi-Asset Mode is not supported by freqtrade.": "exchange/binance.py",
    "On exchange stoploss is not supported for Binance.": "exchange/exchange.py",
    "Unable to create trade for BTC/USDT:USDT: Insufficient funds": "freqtradebot.py",
    "Unable to exit trade BTC/USDT:USDT: Service unavailable": "freqtradebot.py",
    "Unable to place a stoploss order on exchange.": "freqtradebot.py",
    "Unable to handle stoploss on exchange for BTC/USDT:USDT: Order not found": "freqtradebot.py",
    "Unable to emergency exit trade BTC/USDT:USDT: Service unavailable": "freqtradebot.py",
    "Could not create trailing stoploss order for pair BTC/USDT:USDT.": "freqtradebot.py",
    "Could not call webhook url. Exception: 503 Server Error: Service Unavailable": "rpc/webhook.py",
}  # fmt: skip
PYTHON = {"No module named 'ict'"}


def unquoted(cell: str) -> str:
    return next(codes(cell))


TEXTS = [unquoted(cell) for cell in QUOTES]
OURS = [text for text in TEXTS if text not in FOREIGN and text not in PYTHON]


@cache
def raised_by_tools() -> dict[str, str]:
    # A contributor reads the benchmark's beside the code.
    paths = [path for path in sorted(LAB.rglob("*.py")) if path.parent.name != "bench"]
    return {text: path.name for path in paths for text in raised_in(path.read_text(encoding="utf-8"))}


@cache
def sayings() -> list[str]:
    """Everything that our code and its tools can say; code marks inside of a text would end the quote."""
    return [text.replace("`", "") for text in [*said_by([*PRODUCT, LAB]), *raised_by_tools()]]


def test_our_code_can_say_it() -> None:
    assert [text for text in OURS if not any(can_become(one, text) for one in sayings())] == []


@pytest.mark.parametrize(("text", "file"), FOREIGN.items(), ids=[text[:40] for text in FOREIGN])
def test_freqtrade_can_say_it(text: str, file: str) -> None:
    assert text in TEXTS
    said = [one.strip() for one in texts_in((HOST / file).read_text(encoding="utf-8"))]
    # Of several sentences, the first is quoted.
    firsts = [re.split(r"(?<=[.!])\s", one)[0] for one in said]
    assert any(re.fullmatch(".+?".join(map(re.escape, one.split(HOLE))), text) for one in [*said, *firsts])


def test_the_page_has_every_sentence_of_the_code() -> None:
    said = {text: file for text, file in said_by(PRODUCT).items() if file not in ELSEWHERE}
    assert unexplained(said) == {}


def test_the_page_has_every_error_of_the_tools() -> None:
    assert unexplained(raised_by_tools()) == {}


def unexplained(said: dict[str, str]) -> dict[str, str]:
    """Sentences that the page does not quote, with the files that say them."""
    return {
        text: file
        for text, file in said.items()
        if not any(can_become(text.strip().replace("`", ""), one) for one in TEXTS)
    }


def test_a_sentence_that_nobody_says_is_found() -> None:
    assert not any(can_become(one, "the moon must be full, it is not") for one in sayings())
    assert unexplained({"the moon must be full": "moon.py"})
    assert texts_in("raise X(f'{a} must be {b}, was {c}')") == [f"{HOLE} must be {HOLE}, was {HOLE}"]
    assert texts_in('"""A docstring that is long enough."""\n_limit(1, "a text that is long enough")') == []


@pytest.mark.parametrize(("said", "is_so"), [
    ("risk must be 1, was 2", True),
    ("the risk must be 1, was 2 today", True),
    ("must be 1, was 2", False),
    ("risk must be , was 2", False),
    ("risk must be 1, was ", False),
    ("risk, was 2 must be 1", False),
])  # fmt: skip
def test_what_a_text_can_become(said: str, is_so: bool) -> None:
    assert can_become(f"{HOLE} must be {HOLE}, was {HOLE}", said) == is_so


def test_every_line_of_freqtrades_log_that_is_told_is_explained() -> None:
    rows = table_with(PAGE, "line")
    assert [unquoted(line) for line, _ in rows] == [line.text.replace("{}", "…") for line in LINES]
    assert all(meaning for _, meaning in rows)


def test_every_quote_is_a_text_and_nothing_else() -> None:
    assert len(QUOTES) > 100
    assert all(re.fullmatch(r"(`+).+?\1", cell) for cell in QUOTES)
