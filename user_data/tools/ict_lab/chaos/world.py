"""One scenario's world: exchange, Discord and bot, and the steps that act on them."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Self

from ict_lab.bots.agreement import RESTING, Books, Row, disagreements
from ict_lab.bots.discord import LoopbackDiscord
from ict_lab.bots.looks import BTC, ETH, move, orders, positions, target_price, waiting_stops
from ict_lab.bots.retest import INTERVAL, Retest, RetestMarket
from ict_lab.chaos.bot import SteeredBot
from ict_lab.chaos.catalogue import ORDER_CALLS
from ict_lab.chaos.checks import foreign_orders
from ict_lab.chaos.scenario import Scenario
from ict_lab.chaos.watch import Watch
from loopback.clock import RunningClock
from loopback.exchange import Exchange
from loopback.faults import Fault
from loopback.market.intervals import LENGTH_MS
from loopback.server import LoopbackServer

WEBHOOK_ID, TOKEN = "3456789012345678901", "cH7-chaos_Token-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJK"
# The candle whose close is the signal, and the exchange's time when a bot starts, well before it.
CLOSES, BEGINS = "2026-03-04T12:00:00+00:00", "2026-03-04T11:57:00+00:00"
_JUST_BEFORE_MS = 1_500
# A fault, and the phase for which it counts.
Count = tuple[str, str]
PAIRS = {BTC: "BTC/USDT:USDT", ETH: "ETH/USDT:USDT"}
# Only a failure waits as long.
READY_SECONDS, REACH_SECONDS, AGREE_SECONDS = 150.0, 60.0, 150.0
# Both sides must agree after this: a comparison may be ten seconds old, and a call's own retries take 18 s.
LOOPS, COMPARED_SECONDS = 2, 12.0
POLL_SECONDS = 0.15
# Where the price is while an entry rests, as of `Retest`.
AWAY = 4.0
CANDLE_MS = LENGTH_MS[INTERVAL]


def ms(moment: str) -> int:
    """Return a time in milliseconds UTC."""
    return int(datetime.fromisoformat(moment).timestamp() * 1000)


class World:
    """A scenario while it runs; a context manager.

    Parameters
    ----------
    scenario
        The steps to run.
    folder
        An empty folder for the bot.

    Attributes
    ----------
    complaints
        Checks that failed, a sentence each.
    met
        Faults that took effect, each with its phase.
    kills, kills_in_call
        How often the bot was killed, and how often inside an order call.
    """

    def __init__(self, scenario: Scenario, folder: Path) -> None:
        self.scenario = scenario
        self.complaints: list[str] = []
        self.met: list[Count] = []
        self.kills = self.kills_in_call = 0
        self.by_hand: set[int] = set()
        self.foreign: dict[str, Decimal] = {}
        self.was_silent = False
        self._folder = folder
        self._running = ExitStack()
        self._loops_before = 0
        self._start_fails = False
        self.holds: list[Fault] = []
        # Faults of calls, with their route and the name that they count as.
        self.ordered: list[tuple[Fault, str, Count]] = []
        self.disk_fails = False

    def __enter__(self) -> Self:
        price, side, now = 60_000.0, self.scenario.side, AWAY if self.scenario.phase.rests else 0.0
        self.retests = {
            BTC: Retest(price, side, now=now),  # type: ignore[arg-type]
            ETH: Retest(price / 20, side, now=now),  # type: ignore[arg-type]
        }
        self.clock = RunningClock(ms(BEGINS))
        # A zone that is new at the signal's close, so that no earlier start can rest an entry in it.
        later = CANDLE_MS if self.scenario.phase.rests else 0
        market = RetestMarket(self.retests, ms(CLOSES) + 1 + later)
        self.discord = self._running.enter_context(LoopbackDiscord(WEBHOOK_ID, TOKEN))
        exchange = Exchange(market, self.clock, stamp_clock=self.clock)
        self.server = self._running.enter_context(LoopbackServer(exchange))
        self.operator = self.server.operator
        self.operator.set_rules(keep_orphans=self.scenario.keep_orphans)
        self._set_prices()
        self.bot = SteeredBot(
            self.server, self.discord, self._folder, ict=self.scenario.settings, extra=self._extra()
        )
        self.watch = Watch(self)
        self._running.callback(self._end)
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()

    def _end(self) -> None:
        self.watch.stop()
        if self.bot.process_id:
            self.bot.crash()

    def _set_prices(self) -> None:
        needs_both = self.scenario.phase.pairs == 2 or self.scenario.tests_cap
        for symbol, retest in self.retests.items():
            away = 1.0 if symbol == BTC or needs_both else 1.03 if retest.side == "long" else 0.97
            move(self.server, retest.at(retest.now) * away, symbol)

    def _extra(self) -> dict[str, Any]:
        # A zone of the other pair would rest an order at any price.
        pairs = [PAIRS[BTC]] if self.scenario.phase.rests else [*PAIRS.values()]
        return {
            "max_open_trades": self.scenario.phase.pairs,
            "exchange": {"pair_whitelist": pairs},
            "order_types": {"stoploss_on_exchange_interval": 1},
        }

    # --- what a step needs

    def state(self) -> Row:
        """Return the exchange's account."""
        return self.operator.state()

    def until(self, condition: Callable[[], Any], seconds: float) -> Any:
        """Wait for a condition while keeping the bot alive; return its value, false after a timeout."""
        deadline = time.monotonic() + seconds
        while not (found := condition()) and time.monotonic() < deadline:
            self._keep_alive()
            time.sleep(POLL_SECONDS)
        return found

    def _keep_alive(self) -> None:
        """Restart the bot where it ended by itself, as Compose does, and note when it is up."""
        if not self.watch.is_meant_to_run:
            return
        if self.bot.process_id is not None:
            if not self.watch.is_ready and self.bot.loops() > self._loops_before:
                self.watch.ready()
            return
        if not self.disk_fails and not self._start_fails:
            self.complaints.append("the bot ended by itself")
        time.sleep(1)
        self.bring_up()

    def books(self) -> Books:
        """Return both sides, without what was opened manually."""
        state = self.state()
        held = []
        for row in state["positions"]:
            amount = Decimal(row["positionAmt"]) - self.foreign.get(row["symbol"], Decimal(0))
            held += [{**row, "positionAmt": str(amount)}] if amount else []
        known = [row for row in state["orders"] if row["orderId"] not in self.by_hand]
        fills = {str(row["id"]) for row in state["trades"] if row["orderId"] in self.by_hand}
        paid = [row for row in state["income"] if row["tradeId"] not in fills]
        state = {**state, "positions": held, "orders": known, "income": paid}
        return Books(state, self.bot.trades(), self.bot.rows("select * from orders"))

    @property
    def is_hedged(self) -> bool:
        """Whether the account is in hedge mode, in which Freqtrade refuses to start."""
        return bool(self.state()["modes"]["hedge_mode"])

    @property
    def _is_mode_hidden(self) -> bool:
        """Whether nobody can read the account's mode, which Freqtrade asks for once at a start."""
        return any(route == "position mode" and not fault.is_spent for fault, route, _ in self.ordered)

    @property
    def closing(self) -> str:
        """Side of a closing order."""
        return "SELL" if self.scenario.side == "long" else "BUY"

    def held(self, symbol: str = BTC) -> Decimal:
        """Return the amount of the bot's position, 0 without one."""
        found = positions(self.server, symbol)
        mine = Decimal(found[0]["positionAmt"]) if found else Decimal(0)
        return abs(mine - self.foreign.get(symbol, Decimal(0)))

    def stop_level(self, symbol: str = BTC) -> float:
        """Return the price of the stop in force, in USDT: from the exchange, the book or the plan."""
        waiting = waiting_stops(self.server, symbol)
        booked = self.bot.trades(f"is_open = 1 and pair = '{PAIRS[symbol]}'")
        if waiting:
            return float(waiting[-1]["triggerPrice"])
        sign = 1 if self.scenario.side == "long" else -1
        planned = self.retests[symbol].far_edge * (1 - sign * 0.002)
        return float(booked[0]["stop_loss"] or planned) if booked else planned

    def at_r(self, multiple: float, symbol: str = BTC) -> float:
        """Return the price in USDT that is so many R in the trade's favour."""
        retest = self.retests[symbol]
        found = positions(self.server, symbol)
        entry = float(found[0]["entryPrice"]) if found else retest.price
        return entry + (target_price(retest, entry) - entry) * multiple / 2

    # --- steps of the bot's life

    def do_start(self, _: str) -> None:
        """Start the bot unless it runs; wait for its first loop, except in hedge mode, where none ends."""
        if self.bot.process_id is None:
            self.bring_up()
        if not self.is_hedged and not self.until(lambda: self.watch.is_ready, READY_SECONDS):
            self.complaints.append(f"not up within {READY_SECONDS:g} s")

    def bring_up(self) -> None:
        """Start the bot, with its clock and the exchange's in step again."""
        self.watch.starting()
        self.operator.shift_server_time(0)
        self._loops_before = self.bot.loops()
        self._start_fails = self.is_hedged or self._is_mode_hidden
        self.bot.start()

    def do_kill(self, phase: str) -> None:
        """Kill the bot."""
        if self.bot.process_id is None:
            return
        inside = any(fault.held and route in ORDER_CALLS for fault, route, _ in self.ordered)
        self.watch.down()
        self.bot.crash()
        self.kills += 1
        self.kills_in_call += inside
        self.met.append(("kill -9 in an order call" if inside else "kill -9", phase))

    def do_candle(self, _: str) -> None:
        """Close the candle of the signal."""
        self._jump_to(ms(CLOSES))

    def next_candle(self) -> None:
        """Close the current candle."""
        self._jump_to((self.clock.now_ms() // CANDLE_MS + 1) * CANDLE_MS)

    def end_zone(self) -> None:
        """Close two candles, of which the second is beyond the zone's age."""
        self._jump_to(ms(CLOSES) + 2 * CANDLE_MS)

    def _jump_to(self, close_ms: int) -> None:
        ahead_ms = close_ms - _JUST_BEFORE_MS - self.clock.now_ms()
        if ahead_ms > 0:
            self.clock.jump_to(self.clock.now_ms() + ahead_ms)
            self.bot.set_clock(ahead_ms / 1000)

    def resting_entries(self) -> list[Row]:
        """Return the entries that rest on the exchange."""
        rests = [row for row in orders(self.server) if row["status"] in RESTING]
        return [row for row in rests if row["type"] == "LIMIT" and not row["reduceOnly"]]

    def fill_entry(self) -> bool:
        """Move the price through a resting entry; false where there is none."""
        if not self.resting_entries():
            return False
        retest, sign = self.retests[BTC], 1 if self.scenario.side == "long" else -1
        move(self.server, retest.near_edge * (1 - sign * 0.0001))
        return True

    def do_wait(self, _: str, seconds: float) -> None:
        """Wait."""
        self.until(lambda: False, seconds)

    # --- steps to the end

    def do_heal(self, _: str) -> None:
        """End all faults that are still active."""
        self.met += [count for fault, _, count in self.ordered if fault.hits]
        self.ordered.clear()
        self.operator.clear_faults()
        self.operator.ban(0)
        self.operator.set_modes(hedge_mode=False)
        for symbol in PAIRS:
            self.operator.set_terms(symbol, margin_type="ISOLATED")
        self.discord.is_down = False
        self.discord.moods.clear()
        for symbol, amount in self.foreign.items():
            side = "SELL" if amount > 0 else "BUY"
            order = self.operator.trade_by_hand(symbol, side, abs(amount), reduce_only=True)
            self.by_hand.add(order["orderId"])
        self.foreign.clear()
        self.holds.clear()
        self.server.exchange.engine.matcher.parts.clear()
        self.watch.healed()

    def do_agree(self, _: str) -> None:
        """Require exchange and book to agree within the current loop and the next."""
        self.do_start("")
        begun, seen, found = time.monotonic(), list[int](), list[str]()

        def is_late() -> bool:
            if time.monotonic() - begun <= COMPARED_SECONDS:
                return False
            # The current loop may be the one that compares: its end counts, and the next one's.
            seen.append(self.bot.loops())
            return seen[-1] >= seen[0] + LOOPS

        def is_settled() -> bool:
            # Checked once: the bot may send its next order a moment after both sides agreed.
            found[:] = self._differences()
            return not found or is_late()

        self.until(is_settled, AGREE_SECONDS)
        self.complaints += [f"no agreement: {sentence}" for sentence in found]

    def _differences(self) -> list[str]:
        books = self.books()
        return [*disagreements(books), *foreign_orders(books.state)]

    def do_finish(self, how: str) -> None:
        """Close the trade that is still open."""
        trade = self.bot.trades("is_open = 1")
        if not trade:
            return
        symbol = next(name for name, pair in PAIRS.items() if pair == trade[0]["pair"])
        if self.scenario.phase.rests:
            self.fill_entry()
            self.until(lambda: waiting_stops(self.server, symbol), AGREE_SECONDS / 2)
            # In the candle of the fill no target counts (LIM-3).
            self.next_candle()
            self.do_wait("", _JUST_BEFORE_MS / 1000 + 1)
        if how == "stop while down":
            self.watch.down()
            self.bot.stop()
        if how == "by hand":
            self.operator.close_by_hand(symbol)
        else:
            aim = self.at_r(2.05, symbol) if how == "target" else self.stop_level(symbol)
            move(self.server, aim, symbol)
        self.do_start("")
        closed = f"is_open = 0 and id = {trade[0]['id']}"
        if not self.until(lambda: self.bot.trades(closed), AGREE_SECONDS / 2):
            self.complaints.append(f"{trade[0]['pair']}: not closed: {how}")
        self.do_agree("")
