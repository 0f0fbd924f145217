"""The soak sees what it has to see, and a short one runs; the long one is ``make soak``."""

import copy
import sys
from collections.abc import Callable
from typing import Any

import pytest
from ict_lab.bots import forks
from ict_lab.bots.agreement import Books, Row, disagreements, over_the_cap, unreported
from ict_lab.bots.isolation import without_pytest
from ict_lab.soak import __main__ as program
from ict_lab.soak.figures import MEBIBYTE, Figures, Memory

from tests.support.needs import needs_clock
from tests.support.patience import PATIENCE
from tests.support.places import REPOSITORY, SHIPPED

HOUR_MS = 3_600_000


def order(number: int, at: int, symbol: str = "BTCUSDT") -> Row:
    return {"orderId": number, "symbol": symbol, "executedQty": "0.010", "time": at}


def stop(number: int, status: str, became: str = "", symbol: str = "BTCUSDT") -> Row:
    row = {"algoId": number, "symbol": symbol, "algoStatus": status, "quantity": "0.010"}
    return row | {"actualOrderId": became}


def income(kind: str, amount: str, at: int) -> Row:
    return {"symbol": "BTCUSDT", "incomeType": kind, "income": amount, "time": at}


def trade(number: int, is_open: int, profit: float | None) -> Row:
    """One long of 0.01 BTC."""
    row = {"id": number, "pair": "BTC/USDT:USDT", "is_open": is_open, "is_short": 0, "amount": 0.01}
    return row | {"close_profit_abs": profit, "funding_fees": -0.01, "open_date": "2026-03-04 12:00:00"}


def sound_books() -> Books:
    """Make a trade that its stop (900) has closed, by order 2, and one that is open with a stop (901)."""
    # The last fee is of the open trade.
    fees = [income("COMMISSION", "-0.30", at) for at in (10, 20, 30)]
    fees.append(income("FUNDING_FEE", "-0.01", 15))
    state = {
        "positions": [{"symbol": "BTCUSDT", "positionAmt": "0.010"}],
        "orders": [order(1, 10), order(2, 20), order(3, 30)],
        "algo_orders": [stop(900, "FINISHED", "2"), stop(901, "NEW")],
        "income": [*fees, income("REALIZED_PNL", "-4.00", 20), income("TRANSFER", "10000", 0)],
    }
    booked = [("1", 1), ("900", 1), ("3", 2), ("901", 2)]
    orders = [{"order_id": number, "ft_trade_id": of} for number, of in booked]
    return Books(state, [trade(1, 0, -4.61), trade(2, 1, None)], orders)


RESTS = {"type": "LIMIT", "status": "NEW", "reduceOnly": False, "executedQty": "0"}
IN_THE_BOOK = {"order_id": "6", "ft_trade_id": 3, "order_type": "limit", "ft_is_open": 1}
FAULTS: dict[str, tuple[Callable[[Books], Any], str]] = {
    "orphan": (lambda b: b.state["algo_orders"].append(stop(902, "NEW", symbol="ETHUSDT")),
        "ETHUSDT: 1 stops wait for 0 position"),
    "second stop": (lambda b: b.state["algo_orders"].append(stop(902, "NEW")),
        "BTCUSDT: 2 stops wait for 1 position"),
    "no stop": (lambda b: b.state["algo_orders"].pop(), "BTCUSDT: 0 stops wait for 1 position"),
    "small stop": (lambda b: b.state["algo_orders"][-1].update(quantity="0.005"),
        "BTCUSDT: the stop is for 0.005 of 0.01"),
    "lost entry": (lambda b: b.state["orders"].append(order(4, 40)),
        "BTCUSDT: the filled order 4 is 0 times in the bot's book"),
    "doubled entry": (lambda b: b.orders.append({"order_id": "3", "ft_trade_id": 2}),
        "BTCUSDT: the filled order 3 is 2 times in the bot's book"),
    "unknown position": (lambda b: b.state["positions"].append({"symbol": "ETHUSDT", "positionAmt": "-1"}),
        "ETHUSDT: the exchange holds -1, the bot's book says 0"),
    "closed by hand": (lambda b: b.state["positions"].clear(),
        "BTCUSDT: the exchange holds 0, the bot's book says 0.01"),
    "stray entry": (lambda b: b.state["orders"].append(order(5, 50) | RESTS),
        "entry 5 rests on the exchange alone"),
    "entry gone": (lambda b: b.orders.append(IN_THE_BOOK), "entry 6 rests in the bot's book alone"),
    "other money": (lambda b: b.trades[0].update(close_profit_abs=-4.50),
        "the exchange paid -0.1100 USDT more"),
    "no funding": (lambda b: b.trades[0].update(funding_fees=0.0),
        "the exchange paid -0.010000 USDT more in funding"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_seen(name: str) -> None:
    (spoil, sentence), books = FAULTS[name], copy.deepcopy(sound_books())
    assert disagreements(books) == []
    spoil(books)
    assert any(sentence in said for said in disagreements(books)), disagreements(books)


def test_words_and_caps_are_counted() -> None:
    trades = [trade(1, 0, 1.0), trade(2, 1, None)]
    assert unreported(trades, ["Position opened", "Position opened", "Position closed"]) == []
    assert unreported(trades, ["Position opened", "Position closed", "Position closed"]) == [
        "Position opened: reported 1 times, must be 2",
        "Position closed: reported 2 times, must be 1",
    ]
    assert over_the_cap(trades, 2) == []
    assert over_the_cap(trades, 1) == ["2026-03-04: 2 entries, 1 are allowed"]


def test_memory_is_that_of_the_longest_life_once_it_has_settled() -> None:
    memory = Memory()
    for half_hour, size in enumerate((100, 300, 310, 330)):
        memory.add(1, half_hour * HOUR_MS // 2, size * MEBIBYTE)
    memory.add(2, 2 * HOUR_MS, 900 * MEBIBYTE)
    assert memory.text() == "300 to 330 MB in 1.0 simulated hours"


def test_the_log_is_counted_by_kind() -> None:
    figures = Figures()
    line = "2026-03-04 12:00:00,000 - freqtrade.exchange.common - WARNING - fetch of {} failed at {}"
    figures.read_log([line.format("BTC/USDT:USDT", 1.5), line.format("ETH/USDT:USDT", 2), "a - b - INFO - c"])
    assert dict(figures.log) == {"WARNING common: fetch of # failed at #": 2}


@pytest.mark.parametrize(("words", "sentence"), [
    (["--hours", "0"], "hours must be between 0.1 and 240, was 0"),
    (["--start", "25"], "start must be between 0 and 24, was 25"),
    (["--speed", "1"], "speed must be between 2 and 120, was 1"),
    (["--seed", "-1"], "seed must be 0 or more, was -1"),
])  # fmt: skip
def test_a_bad_option_gets_one_sentence(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        program.parse(words)
    assert (caught.value.code, capsys.readouterr().err) == (2, f"make soak: {sentence}\n")


def test_it_says_what_is_missing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(program, "faketime_library", lambda: None)
    assert program.main([]) == 2
    said = "make soak: libfaketime must be installed for a faster time, on Debian and Ubuntu by "
    assert capsys.readouterr().err == f"{said}`apt-get install faketime`\n"


@needs_clock
def test_half_an_hour_of_it() -> None:
    line, environment = [sys.executable, "-m", "ict_lab.soak", "--hours", "0.5"], {"PYTHONPATH": SHIPPED}
    run = forks.run(line, cwd=REPOSITORY, env=without_pytest() | environment, timeout=PATIENCE)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "before the first entry: all agrees" in run.stdout
    assert "Nothing was lost, doubled or orphaned." in run.stdout
