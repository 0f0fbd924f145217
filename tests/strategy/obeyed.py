"""What holds for every trade of every checked run: its signal, its size and its course."""

from collections.abc import Callable

from tests.strategy.course import Course
from tests.strategy.entries import agreed, score_of
from tests.strategy.record import Backtest, Trade, contract
from tests.strategy.replay import Replay, coins_of_risk

CENT = 0.01


def wrong(run: Backtest, is_right: Callable[[Trade], bool]) -> list[str]:
    """List the trades that a rule does not hold for."""
    assert run.trades
    return [str(trade) for trade in run.trades if not is_right(trade)]


def assert_entries(run: Backtest) -> None:
    """SIG-1, SIG-2, REV-1, RISK-2: entries at the open after a signal; none skipped without a cause."""

    def is_right(trade: Trade) -> bool:
        chart = run.charts[trade.pair]
        entered = chart.at(trade.opened)
        return chart.signal(entered - 1)[0] == trade.side and trade.entry == chart.open[entered]

    assert wrong(run, is_right) == []
    assert Replay(run).walk().complaints == []


def assert_scores(run: Backtest) -> None:
    """SIG-2: by the oracle's own score, with which the settings' own trend timeframe agrees."""

    def is_right(trade: Trade) -> bool:
        chart = run.charts[trade.pair]
        signal, name = chart.at(trade.opened) - 1, "long" if trade.side > 0 else "short"
        score = score_of(chart.columns, chart.outlook, trade.side)[signal]
        return score >= run.settings.entry_threshold and agrees_or_unknown(
            score, chart.columns[f"ict_{name}_score"][signal]
        )

    assert wrong(run, is_right) == []


def agrees_or_unknown(score: float, oracles: float) -> bool:
    """Compare with a score by twelve days of candles, in which a 4h trend may not have begun."""
    return score in (oracles, oracles + 2.0)


def tag_of(run: Backtest, trade: Trade) -> str:
    """Say what agreed, as the tag should."""
    chart = run.charts[trade.pair]
    facts = agreed(chart.columns, chart.outlook, trade.side)
    signal = chart.at(trade.opened) - 1
    return "+".join(word for word, holds in facts.items() if holds[signal])


def assert_sizes(run: Backtest) -> None:
    """RISK-1, with the stop that EXIT-2 widened, rounded down to the contract's step."""
    equities = Replay(run).walk().equities

    def is_right(trade: Trade) -> bool:
        stop = Course(run, trade).first_stop
        coins = coins_of_risk(equities[trade], trade.pair, trade.entry, stop, run.settings)
        entered = sum(fill.amount for fill in trade.fills if fill.is_entry)
        # A part's share of the funding is not known, so the equity beside an open rest is not to the cent.
        is_whole = (
            abs(coins - entered)
            < 1.01 * float(contract(trade.pair).step) * bool(run.settings.partial_exit_at_r) + 1e-9
        )
        return is_whole and trade.leverage == run.settings.position_leverage

    assert wrong(run, is_right) == []


def assert_courses(run: Backtest) -> None:
    """EXIT-1 to EXIT-5: reason, candle and price of each exit, and the stop that was in force."""

    def is_right(trade: Trade) -> bool:
        course = Course(run, trade)
        end = course.walk()
        same = (trade.reason, run.charts[trade.pair].at(trade.closed)) == (end.reason, end.row)
        price = abs(trade.exit - end.price) <= course.tick or ended_at_once(run, trade, end.stop)
        return same and price and abs(trade.stop - end.stop) <= course.tick

    assert wrong(run, is_right) == []


def ended_at_once(run: Backtest, trade: Trade, stop: float) -> bool:
    """Whether the stop moved and was hit in the candle of the entry: Freqtrade assumes a worse price."""
    chart = run.charts[trade.pair]
    row = chart.at(trade.closed)
    traded = chart.low[row] <= trade.exit <= chart.high[row]
    return trade.opened == trade.closed and traded and trade.side * (stop - trade.exit) > 0


def assert_parts(run: Backtest) -> None:
    """EXIT-5: once, at the first open that has gained enough, half of it, and only where it is asked for."""

    def is_right(trade: Trade) -> bool:
        course = Course(run, trade)
        course.walk()
        chart, step = course.chart, float(contract(trade.pair).step)
        expected = [(int(chart.time[row]), float(chart.open[row])) for row in course.parts]
        entered = sum(fill.amount for fill in trade.fills if fill.is_entry)
        # Freqtrade cuts a half that is a whole number of steps, but for a float's last digit, to one less.
        halves = all(-1e-9 <= entered / 2 - fill.amount <= step + 1e-9 for fill in trade.parts)
        left = sum(fill.amount for fill in trade.fills if not fill.is_entry)
        same = [(fill.time, fill.price) for fill in trade.parts] == expected
        return same and halves and abs(left - entered) < 1e-9

    assert wrong(run, is_right) == []


def assert_quiet(run: Backtest, names: tuple[str, ...]) -> None:
    """Freqtrade goes on after an exception in a callback, and says so in its log."""
    said = [line for line in run.log.splitlines() if " WARNING " in line or " ERROR " in line]
    assert [line for line in said if "strategy_wrapper" in line or any(name in line for name in names)] == []
    assert "Traceback" not in run.log
