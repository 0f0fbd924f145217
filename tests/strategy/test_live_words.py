"""What a trader is told: of fills, once each, and of failures that Freqtrade only logs, once each."""

import logging
from datetime import timedelta
from unittest.mock import Mock

import pytest
from freqtrade.enums import RunMode
from freqtrade.persistence import Order, Trade
from freqtrade.strategy.interface import IStrategy

from tests.strategy.host import NOW, STOPS, filled, opened, saved
from tests.strategy.live import SECRET, position, resting_stop, running
from tests.strategy.support import BTC

pytestmark = pytest.mark.usefixtures("clock")

SIGNS = {"long": 1, "short": -1}
STOP_LINES = {"long": "Stop: 59,400.0 (-1.00%)", "short": "Stop: 60,600.0 (+1.00%)"}
TARGET_LINES = {"long": "Target: 61,200.0 (+2.00%)", "short": "Target: 58,800.0 (-2.00%)"}
both_sides = pytest.mark.parametrize("side", SIGNS)
BOT = logging.getLogger("freqtrade.freqtradebot")


@both_sides
def test_an_entry_is_told_with_its_levels(side: str) -> None:
    """RISK-1: 0.01 BTC and a stop 600 away lose 6 USDT and 0.60 of fees, 0.07 % of 10 000."""
    strategy = running(side)
    position(strategy, side)
    (told,) = strategy.dp.sent
    expected = ["Position opened", f"Pair: {BTC}", f"Side: {'Long' if side == 'long' else 'Short'} 1x"]
    expected += ["Entry: 60,000.0", "Size: 0.01 BTC (600.00 USDT)", STOP_LINES[side], TARGET_LINES[side]]
    expected += ["Risk: 6.60 USDT (0.07% of equity)", "Pattern: order block", "Score: 5.5 / 7"]
    assert told.splitlines() == expected


@both_sides
def test_a_fill_beyond_its_stop_is_told_as_what_it_is(side: str) -> None:
    """Not as "stop 59,000 (+0.00 %), Risk 0.00": the trader reads that it is closed at once."""
    strategy = running(side)
    trade, order = opened(side, rate={"long": 59_000.0, "short": 61_000.0}[side])
    strategy.order_filled(pair=BTC, trade=trade, order=order, current_time=NOW)
    (fault,) = [text for text in strategy.dp.sent if "beyond its stop" in text]
    assert f"filled at {trade.open_rate}, beyond its stop of {STOPS[side]}: " in fault
    assert "the position is closed at once" in fault


def test_an_entry_without_a_target_says_so() -> None:
    strategy = running(ict={"entry_threshold": 2.0, "risk_reward": 0})
    position(strategy)
    assert "Target: none" in strategy.dp.sent[0].splitlines()


def closing(strategy: IStrategy, trade: Trade, kind: str, profit: float) -> Order:
    """Close a position as Freqtrade does before it tells the strategy."""
    if kind == "stoploss":
        order = resting_stop(trade, is_open=False)
    else:
        order = filled(trade.exit_side, trade.stop_loss, NOW)
        order.order_id = f"exit {trade.id}"
        trade.orders.append(order)
    trade.is_open, trade.close_rate = False, trade.stop_loss
    trade.close_date = trade.open_date + timedelta(hours=3)
    trade.close_profit_abs, trade.close_profit = profit, profit / trade.stake_amount
    trade.exit_reason = "stoploss_on_exchange" if kind == "stoploss" else "stop_watch"
    saved(trade)
    return order


def tell(strategy: IStrategy, trade: Trade, order: Order) -> None:
    strategy.order_filled(pair=BTC, trade=trade, order=order, current_time=NOW)


@both_sides
@pytest.mark.parametrize(
    ("kind", "reason"), [("stoploss", "stop loss on the exchange"), ("exit", "stop loss, by the bot")]
)
def test_an_exit_is_told_with_its_multiple_and_the_days_total(side: str, kind: str, reason: str) -> None:
    """Two trades of one day, lost 6 and 3 USDT: minus one R of 6, and half an R; in all 9."""
    strategy = running(side)
    for minute, (lost, in_r, total) in enumerate(((-6.0, "-1.00R", "-6.00"), (-3.0, "-0.50R", "-9.00"))):
        trade = position(strategy, side, NOW + timedelta(minutes=minute))
        order = closing(strategy, trade, kind, lost)
        tell(strategy, trade, order)
        told = strategy.dp.sent[-1].splitlines()
        assert told[0] == "Position closed"
        for line in (f"R multiple: {in_r}", f"Exit reason: {reason}", f"Day's total (UTC): {total} USDT"):
            assert line in told
        assert f"Profit: {lost:+.2f} USDT ({lost / 6:+.2f}%)" in told
        assert "Duration: 3 hours" in told
        assert f"Exit: {trade.stop_loss:,.1f}" in told
    assert len(strategy.dp.sent) == 4


def test_an_order_that_did_not_fill_is_not_told() -> None:
    strategy = running()
    trade = position(strategy)
    order = resting_stop(trade, is_open=True)
    tell(strategy, trade, order)
    assert len(strategy.dp.sent) == 1


def test_a_backtest_neither_tells_nor_listens() -> None:
    before = list(BOT.handlers)
    strategy = running(runmode=RunMode.BACKTEST)
    trade = position(strategy)
    tell(strategy, trade, closing(strategy, trade, "exit", -6.0))
    assert (strategy.dp.sent, BOT.handlers) == ([], before)


def test_a_message_that_fails_does_not_stop_the_trade(monkeypatch: pytest.MonkeyPatch) -> None:
    strategy = running()
    monkeypatch.setattr(strategy.dp, "send_msg", Mock(side_effect=RuntimeError("broken")))
    trade = position(strategy)
    assert trade.stop_loss == pytest.approx(59_400.0, abs=0.1)


# What Freqtrade logs


def log(text: str, at: float) -> None:
    """Log at a time of its own, as Freqtrade's bot does in its loop."""
    record = BOT.makeRecord(BOT.name, logging.WARNING, __file__, 1, text, (), None)
    record.created = at
    BOT.handle(record)


NOT_PLACED = "Unable to place a stoploss order on exchange. binance does not want it"
# Freqtrade's own words of a refused order name amount and rate, which follow the price.
TRIED = f"Unable to create trade for {BTC}: Could not create market buy order on market {BTC}. Tried to buy"
# What is logged at which second, and how often something is told.
FAILURES: dict[str, tuple[list[tuple[str, float]], int]] = {
    "in each loop for 20,000 seconds": ([(NOT_PLACED, second) for second in range(0, 20_000, 5)], 6),
    # Five of a kind in an hour; another kind is told all the same.
    "worded differently each time": (
        [*((f"Unable to exit trade {BTC}: binance <html>Ray {letter}</html>", 0) for letter in "abcdefgh"),
         (f"Unable to create trade for {BTC}: no", 0)], 6),
    "with other figures": (
        [(f"{TRIED} amount 0.016 at rate {60_000.0 + n}. Message: no", 5 * n) for n in range(10)], 1),
    "no failure": ([("Bot heartbeat. PID=1", 0), ("Long signal found: about create a new trade", 0),
        ("The order was: Unable to place", 0), ("Could not cancel stoploss order 7 for pair BTC", 0)], 0),
}  # fmt: skip


@pytest.mark.parametrize("case", FAILURES)
def test_how_often_failures_are_told(case: str) -> None:
    strategy, (lines, count) = running(), FAILURES[case]
    for text, second in lines:
        log(text, 1e9 + second)
    logging.getLogger("freqtrade.worker").warning("Unable to exit trade of another logger")
    BOT.debug("Unable to exit trade, at a level that nobody reads")
    assert len(strategy.dp.sent) == count


def test_a_failure_is_told_by_the_newest_bot_alone_and_without_secrets() -> None:
    """A reload of the configuration starts a strategy in the same process."""
    first, second = running(), running()
    log(f"{NOT_PLACED}, key {SECRET} refused", 1e9)
    assert first.dp.sent == []
    (told,) = second.dp.sent
    assert told.splitlines()[0] == "Error"
    assert "Step: the exchange" in told.splitlines()
    assert "binance does not want it, key REDACTED refused" in told


LOGGED = {
    "freqtrade.freqtradebot": (
        "Unable to fetch stoploss order: binance GET 503",
        "Not enough BTC in wallet to exit Trade(id=1). Trying to recover.",
        "Trade(id=1) has a total of 1.0 BTC, but the Wallet shows a total of 0.2 BTC. Refusing to adjust as",
        "Error finding onexchange order.",
        "Exception during cleanup: OperationalError database is locked",
    ),
    "freqtrade.worker": ("Error: binance 503, retrying in 30 seconds...",),
    "freqtrade.strategy.interface": ("Outdated history for pair BTC/USDT:USDT. Last tick is 55 minutes old",),
    "freqtrade.strategy.strategy_wrapper": ("Unexpected error KeyError('x') calling <function>",),
    "freqtrade.exchange.exchange": ("Could not fetch cancelled stoploss order 17.",),
    "freqtrade.persistence.trade_model": ("{} is not a valid response object.",),
}


@pytest.mark.parametrize(("name", "text"), [(name, text) for name in LOGGED for text in LOGGED[name]])
def test_what_concerns_money_and_is_only_logged_is_told(name: str, text: str) -> None:
    strategy = running()
    logging.getLogger(name).warning(text)
    assert len(strategy.dp.sent) == 1


def test_a_loop_that_freqtrade_gave_up_is_told_at_once() -> None:
    """Its queue is sent at the end of a loop, and no loop may come to its end while the exchange is down."""
    strategy = running()
    strategy.dp.send_msg("A text of this loop", always_send=True)
    for _ in range(2):
        logging.getLogger("freqtrade.worker").warning("Error: 503, retrying in 30 seconds...")
    first, second = strategy.dp.channel.texts
    assert first == "A text of this loop"
    assert "Error: 503, retrying in 30 seconds" in second
