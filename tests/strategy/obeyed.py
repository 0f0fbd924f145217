"""What holds for every trade of every checked run: its signal, size, course, parts and money."""

from collections.abc import Callable

from tests.strategy.course import Course, End
from tests.strategy.record import FEE, START_EQUITY, Backtest, Trade, contract
from tests.strategy.replay import Replay, coins_of_risk

CENT = 0.01


def wrong(run: Backtest, is_right: Callable[[Trade], bool]) -> list[str]:
    assert run.trades
    return [str(trade) for trade in run.trades if not is_right(trade)]


def broken(run: Backtest) -> list[str]:
    """Name each rule that a trade breaks, and each signal that was skipped or taken against one."""
    walked = Replay(run).walk()
    found = [*walked.complaints]
    for trade in run.trades:
        course = Course(run, trade)
        end = course.walk()
        holds = {
            "SIG-1, SIG-2, REV-1": _entered(run, trade), "RISK-1": _sized(walked.equities[trade], course),
            "EXIT-1 to EXIT-4, EXIT-6": _ended(course, end), "EXIT-5": _parted(course),
            "fees and funding": _paid(run, trade),
        }  # fmt: skip
        found += [f"{rule}: {trade}" for rule, is_right in holds.items() if not is_right]
    made = START_EQUITY + sum(trade.profit for trade in run.trades)
    return found if abs(run.results["final_balance"] - made) < CENT else [*found, "the final balance"]


def _entered(run: Backtest, trade: Trade) -> bool:
    """SIG-1, SIG-2, REV-1: at the open after a signal of its side."""
    chart = run.charts[trade.pair]
    row = chart.at(trade.opened)
    return chart.signal(row - 1)[0] == trade.side and trade.entry == chart.open[row]


def _sized(equity: float, course: Course) -> bool:
    """RISK-1, with the stop that EXIT-2 widened, rounded down to the contract's step."""
    trade, settings = course.trade, course.settings
    coins = coins_of_risk(equity, trade.pair, trade.entry, course.first_stop, settings)
    entered = sum(fill.amount for fill in trade.fills if fill.is_entry)
    # A part's share of the funding is not known, so the equity beside an open rest is not to the cent.
    slack = 1.01 * float(contract(trade.pair).step) * bool(settings.partial_exit_at_r)
    margin = entered * trade.entry / trade.leverage
    return (
        abs(coins - entered) < slack + 1e-9
        and trade.leverage == settings.position_leverage
        and (bool(trade.parts) or abs(trade.stake - margin) < 1e-6)
    )


def _ended(course: Course, end: End) -> bool:
    """EXIT-1 to EXIT-4, EXIT-6: reason, candle and price of the exit, the first stop and the last."""
    run, trade, tick = course.run, course.trade, course.tick
    same = (trade.reason, course.chart.at(trade.closed)) == (end.reason, end.row)
    price = abs(trade.exit - end.price) <= tick or _ended_at_once(course, end.stop)
    first = abs(trade.first_stop - course.first_stop) <= (tick if run.settings.min_stop_atr else 1e-9)
    return same and price and first and abs(trade.stop - end.stop) <= tick


def _ended_at_once(course: Course, stop: float) -> bool:
    """Whether the stop moved and was hit in the candle of the entry: Freqtrade assumes a worse price."""
    chart, trade = course.chart, course.trade
    row = chart.at(trade.closed)
    traded = chart.low[row] <= trade.exit <= chart.high[row]
    return bool(trade.opened == trade.closed and traded and trade.side * (stop - trade.exit) > 0)


def _parted(course: Course) -> bool:
    """EXIT-5: once, at the first open that has gained enough, half of it, and only where it is asked for."""
    chart, trade, step = course.chart, course.trade, float(contract(course.trade.pair).step)
    expected = [(int(chart.time[row]), float(chart.open[row])) for row in course.parts]
    entered = sum(fill.amount for fill in trade.fills if fill.is_entry)
    # Freqtrade cuts a half that is a whole number of steps, but for a float's last digit, to one less.
    halves = all(-1e-9 <= entered / 2 - fill.amount <= step + 1e-9 for fill in trade.parts)
    left = sum(fill.amount for fill in trade.fills if not fill.is_entry)
    same = [(fill.time, fill.price) for fill in trade.parts] == expected
    return same and halves and abs(left - entered) < 1e-9


def _paid(run: Backtest, trade: Trade) -> bool:
    """Fees of each fill and the funding of the files are in the profit."""
    made = sum(fill.profit_of(trade) for fill in trade.fills if not fill.is_entry) + trade.funding
    funded = abs(trade.funding - run.charts[trade.pair].funding_of(trade)) < CENT / 10
    exact = CENT if trade.parts else 1e-6
    return trade.fees == (FEE, FEE) and abs(trade.profit - made) < exact and (bool(trade.parts) or funded)


def assert_quiet(run: Backtest, names: tuple[str, ...]) -> None:
    """Freqtrade goes on after an exception in a callback, and says so in its log."""
    said = [line for line in run.log.splitlines() if " WARNING " in line or " ERROR " in line]
    # RISK-1: said once, where a position would have been too small for the exchange.
    said = [line for line in said if "below the exchange's minimum" not in line]
    assert [line for line in said if "strategy_wrapper" in line or any(name in line for name in names)] == []
    assert "Traceback" not in run.log
