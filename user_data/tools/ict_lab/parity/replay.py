"""The live side, a process of its own: ``python -m ict_lab.parity.replay FOLDER``.

Freqtrade's own bot trades on the loopback exchange in a time that only the driver moves. Both live in this
process, and every clock in it shows the driver's time, so time stamps fit without any allowance. The bot
looks at the market five seconds apart, as in its own loop; looks that can change nothing are left out (no
position and no new candle or signal; an order that rests, its price not touched and no new candle; a
position, its stop not touched, the price away from its target), which makes it fast.
"""

import argparse
import gc
import json
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import time_machine
from freqtrade.commands import Arguments
from freqtrade.configuration import Configuration
from freqtrade.enums import RunMode, State
from freqtrade.freqtradebot import FreqtradeBot
from freqtrade.persistence import Order, Trade
from ict_host.records import LEVELS_KEY

from ict_lab.parity.scenario import (
    BEGIN_MS,
    CANDLE_MS,
    FIRST_LOOK_MS,
    LOOK_MS,
    PAIR,
    SCENARIOS,
    STRATEGY,
    SYMBOL,
    TICK,
    Scenario,
)
from ict_lab.places import REPOSITORY, STRATEGIES
from loopback.clock import FixedClock
from loopback.exchange import Exchange
from loopback.market.intervals import DAY_MS, HOUR_MS, MINUTE_MS
from loopback.market.source import Kind
from loopback.server import LoopbackServer
from loopback.settings import TEST_KEY, TEST_SECRET

# Freqtrade books funding at one minute past; the first look after that is never left out.
FUNDING_LOOK_MS = MINUTE_MS + FIRST_LOOK_MS
# Nearer than this to the target, in USDT, no look is left out: the book and fees have their say.
NEAR = 5.0


def simulated_time(start_ms: int) -> time_machine.travel:
    """Stop every clock of this process at a time (milliseconds UTC), but for those that count upwards."""
    return time_machine.travel(_moment(start_ms), tick=False)


class Replay:
    """The bot, the exchange and the time that they share.

    Parameters
    ----------
    folder
        Where the bot writes.
    server
        The exchange; its clock stands still.
    time
        The time of this process.
    scenario
        What to live through.
    """

    def __init__(
        self, folder: Path, server: LoopbackServer, time: time_machine.Traveller, scenario: Scenario
    ) -> None:
        self._server, self._time, self._scenario = server, time, scenario
        self._course = server.exchange.market.course(SYMBOL, Kind.LAST)
        self._now_ms = server.exchange.clock.now_ms()
        self.looks = 0
        self.orders: list[dict[str, Any]] = []
        self.memory: list[tuple[int, int]] = []
        self._bot = FreqtradeBot(_config(folder, server, scenario))
        self._bot.state = State.RUNNING
        self._bot.startup()

    def run(self) -> list[dict[str, Any]]:
        """Live through the span and return the trades."""
        due = BEGIN_MS + FIRST_LOOK_MS
        while due < self._scenario.end_ms:
            self._look(due)
            due = self._next_look()
        trades = [
            _facts(trade, opened) for trade in Trade.get_trades() if (opened := trade.date_entry_fill_utc)
        ]
        # Before the bot's end, which takes back what rests.
        self.orders = [row for row in self._server.operator.state()["orders"] if row["type"] == "LIMIT"]
        self._bot.cleanup()
        return trades

    def _look(self, at_ms: int) -> None:
        if at_ms // DAY_MS > self._now_ms // DAY_MS and tracemalloc.is_tracing():
            self.memory.append((_held_by_strategy(), psutil.Process().memory_info().rss))
        self._now_ms = at_ms
        self._server.operator.move_clock(at_ms)
        self._time.move_to(_moment(at_ms))
        self._bot.process()
        self.looks += 1

    def _next_look(self) -> int:
        """Return the next of the bot's looks at which something can happen."""
        trades = Trade.get_open_trades()
        if not trades:
            close = self._after(CANDLE_MS, FIRST_LOOK_MS)
            return self._now_ms + LOOK_MS if self._may_still_enter() else close
        (trade,) = trades
        if trade.has_open_orders:
            return self._at_fill(trade.open_orders[0])
        if not trade.has_open_sl_orders:
            return self._now_ms + LOOK_MS
        steady = self._after(HOUR_MS, FUNDING_LOOK_MS)
        looks = np.arange(self._now_ms + LOOK_MS, steady + 1, LOOK_MS)
        return min(self._at_stop(trade, looks), self._near_target(trade, looks), steady)

    def _may_still_enter(self) -> bool:
        """Tell whether the newest close has a signal that the bot would still follow."""
        since_close = self._now_ms % CANDLE_MS
        if since_close > 1_000 * self._bot.strategy.ignore_buying_expired_candle_after:
            return False
        frame, _ = self._bot.dataprovider.get_analyzed_dataframe(PAIR, self._bot.strategy.timeframe)
        return bool(frame[["enter_long", "enter_short"]].iloc[-1].any())

    def _at_fill(self, order: Order) -> int:
        """Return the first look after a resting order fills, at the next close if it does not."""
        close = self._after(CANDLE_MS, FIRST_LOOK_MS)
        buys = order.side == "buy"
        # As the exchange has it, and a little earlier: a purchase fills a tick below its price, a sale at it.
        level = order.safe_price - (0.9 if buys else 0.1) * TICK
        touched = self._course.trail(self._now_ms, close).first_at(level, falling=buys)
        if touched is None:
            return close
        looks = np.arange(self._now_ms + LOOK_MS, close + LOOK_MS, LOOK_MS)
        return min(int(looks[looks >= touched.time_ms][0]), close)

    def _after(self, period_ms: int, offset_ms: int) -> int:
        return (self._now_ms - offset_ms) // period_ms * period_ms + period_ms + offset_ms

    def _at_stop(self, trade: Trade, looks: np.ndarray) -> int:
        """Return the first look after the price touches the stop, the last one if it does not."""
        way = self._course.trail(self._now_ms, float(looks[-1]))
        # The exchange rounds the way to ticks, so it may get there half a tick early.
        sign = -1 if trade.is_short else 1
        touched = way.first_at(trade.stop_loss + sign * 0.1, falling=not trade.is_short)
        return int(looks[-1] if touched is None else looks[looks >= touched.time_ms][0])

    def _near_target(self, trade: Trade, looks: np.ndarray) -> int:
        """Return the first look that may see the target reached, the last one if none may."""
        way = self._course.trail(self._now_ms, float(looks[-1]))
        price = np.interp(looks, way.time_ms, way.price)
        target = trade.get_custom_data(LEVELS_KEY)["target"]
        near = price <= target + NEAR if trade.is_short else price >= target - NEAR
        return int(looks[near][0] if near.any() else looks[-1])


def _held_by_strategy() -> int:
    """Return the bytes that the strategy's packages allocated and still hold."""
    gc.collect()
    shipped = tracemalloc.Filter(inclusive=True, filename_pattern=f"{STRATEGIES}/*")
    snapshot = tracemalloc.take_snapshot().filter_traces([shipped])
    return sum(trace.size for trace in snapshot.traces)


def _moment(time_ms: int) -> datetime:
    return datetime.fromtimestamp(time_ms / 1000, UTC)


def _config(folder: Path, server: LoopbackServer, scenario: Scenario) -> dict[str, Any]:
    overlay, last = folder / "loopback.json", folder / "last.json"
    server.write_overlay(overlay)
    written = {
        "ict": dict(scenario.ict),
        "db_url": f"sqlite:///{folder / 'trades.sqlite'}",
        "logfile": str(folder / "trader.log"),
        # ccxt would pause by a clock that stands still. The exchange goes on counting weights.
        "exchange": {"key": TEST_KEY, "secret": TEST_SECRET, "ccxt_config": {"enableRateLimit": False}},
    }
    last.write_text(json.dumps(written), encoding="utf-8")
    configs = [word for path in (REPOSITORY / "config.json", overlay, last) for word in ("-c", str(path))]
    user = ["--userdir", str(folder / "user_data"), "--strategy-path", str(STRATEGIES)]
    arguments = Arguments(["trade", *configs, *user, "--strategy", STRATEGY]).get_parsed_arg()
    return Configuration(arguments, RunMode.LIVE).get_config()


def _facts(trade: Trade, opened: datetime) -> dict[str, Any]:
    levels = trade.get_custom_data(LEVELS_KEY)
    closed = trade.close_date_utc
    return {
        "side": -1 if trade.is_short else 1, "opened": _ms(opened),
        "closed": None if closed is None else _ms(closed), "entry": trade.open_rate,
        "exit": trade.close_rate, "amount": trade.amount, "reason": trade.exit_reason,
        "stop": levels["stop"], "target": levels["target"], "profit": trade.close_profit_abs or 0.0,
    }  # fmt: skip


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def main() -> None:
    """Replay the scenario and write into the folder what came of it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("scenario", choices=[*SCENARIOS])
    parser.add_argument("days", type=int)
    parser.add_argument("--memory", action="store_true")
    given = parser.parse_args()
    if given.memory:
        tracemalloc.start()
    folder, scenario = given.folder, SCENARIOS[given.scenario].lasting(given.days)
    (folder / "user_data" / "data").mkdir(parents=True)
    clock = FixedClock(BEGIN_MS)
    exchange = Exchange(scenario.make_market(), clock, stamp_clock=clock)
    with simulated_time(BEGIN_MS) as time, LoopbackServer(exchange) as server:
        replay = Replay(folder, server, time, scenario)
        trades = replay.run()
    record = exchange.record
    result = {
        "trades": trades,
        "orders": replay.orders,
        "looks": replay.looks,
        "memory": replay.memory,
        "refusals": [str(refusal) for refusal in record.refusals],
        "statuses": sorted({entry.status for entry in record.entries}),
    }
    (folder / "live.json").write_text(json.dumps(result), encoding="utf-8")


if __name__ == "__main__":
    main()
