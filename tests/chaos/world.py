"""One scenario's world: exchange, Discord and bot, and each step that can be done to them."""

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.chaos.bot import SteeredBot
from tests.chaos.catalogue import GARBAGE, ORDER_ROUTES, ROUTES
from tests.chaos.scenario import Scenario, Step
from tests.chaos.watch import Watch
from tests.discord.server import LoopbackDiscord
from tests.live.disk import full_disk, locked
from tests.live.looks import BTC, ETH, RESTING_STOPS, move, positions, target_price, waiting_stops
from tests.live.market import Retest, RetestMarket
from tests.loopback.clock import RunningClock
from tests.loopback.exchange import Exchange
from tests.loopback.faults import Fault
from tests.loopback.server import LoopbackServer
from tests.loopback.symbols import SPECS
from tests.soak.checks import Books, Row, disagreements
from tests.soak.points import BUSY

WEBHOOK_ID, TOKEN = "3456789012345678901", "cH7-chaos_Token-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJK"
# The candle whose close is the signal, and the exchange's time when a bot starts: well before it.
CLOSES, BEGINS = "2026-03-04T12:00:00+00:00", "2026-03-04T11:57:00+00:00"
_JUST_BEFORE_MS = 1_500
PAIRS = {BTC: "BTC/USDT:USDT", ETH: "ETH/USDT:USDT"}
# Only a failure waits as long.
READY_SECONDS, REACH_SECONDS, AGREE_SECONDS = 150.0, 60.0, 150.0
# What belongs to one loop: a comparison may be ten seconds old, and a call's own retries are 18 s.
LOOPS, COMPARED_SECONDS = 3, 12.0
_POLL_SECONDS = 0.15


def ms(moment: str) -> int:
    """Return a time in milliseconds UTC."""
    return int(datetime.fromisoformat(moment).timestamp() * 1000)


class World:
    """A scenario while it runs; a context manager.

    Parameters
    ----------
    scenario
        What is to happen.
    folder
        An empty folder for the bot.

    Attributes
    ----------
    complaints
        What did not hold, a sentence each.
    met
        Faults that did something, each with its phase.
    kills, kills_in_call
        How often the bot was killed, and how often inside an order call.
    """

    def __init__(self, scenario: Scenario, folder: Path) -> None:
        self.scenario = scenario
        self.complaints: list[str] = []
        self.met: list[tuple[str, str]] = []
        self.kills = self.kills_in_call = 0
        self.by_hand: set[int] = set()
        self.foreign: dict[str, Decimal] = {}
        self.was_silent = False
        self._folder = folder
        self._running = ExitStack()
        self._standing = ExitStack()
        self._holds: list[Fault] = []
        self._ordered: list[tuple[Fault, tuple[str, str]]] = []
        self._disk_fails = False

    def __enter__(self) -> "World":
        price, side = 60_000.0, self.scenario.side
        self.retests = {BTC: Retest(price, side), ETH: Retest(price / 20, side)}  # type: ignore[arg-type]
        self.clock = RunningClock(ms(BEGINS))
        market = RetestMarket(self.retests, ms(CLOSES) + 1)
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
        self._standing.close()
        if self.bot.process_id:
            self.bot.crash()

    def _set_prices(self) -> None:
        needs_both = self.scenario.phase.pairs == 2 or "cap" in self.scenario.phase.name
        for symbol, retest in self.retests.items():
            away = 1.0 if symbol == BTC or needs_both else 1.03 if retest.side == "long" else 0.97
            move(self.server, retest.price * away, symbol)

    def _extra(self) -> dict[str, Any]:
        return {
            "max_open_trades": self.scenario.phase.pairs,
            "exchange": {"pair_whitelist": [*PAIRS.values()]},
            "order_types": {"stoploss_on_exchange_interval": 1},
        }

    # --- what a step needs

    def run(self, step: Step) -> None:
        """Do a step."""
        act: Callable[..., Any] = getattr(self, "do_" + step.verb.replace(" ", "_"))
        act(step.name, **step.words)

    def state(self) -> Row:
        """Return the exchange's account."""
        return self.operator.state()

    def until(self, condition: Callable[[], Any], seconds: float) -> Any:
        """Wait for a condition, the bot kept alive meanwhile; return what it gave, false if it did not."""
        deadline = time.monotonic() + seconds
        while not (found := condition()) and time.monotonic() < deadline:
            self._keep_alive()
            time.sleep(_POLL_SECONDS)
        return found

    def _keep_alive(self) -> None:
        """Start the bot again where it ended by itself, as Compose does."""
        if not self.watch.is_meant_to_run or self.bot.process_id is not None:
            return
        if not self._disk_fails:
            self.complaints.append("the bot ended by itself")
        time.sleep(1)
        self.watch.starting()
        self.bot.start()

    def books(self) -> Books:
        """Return both sides, without what was opened by hand."""
        state = self.state()
        held = []
        for row in state["positions"]:
            amount = Decimal(row["positionAmt"]) - self.foreign.get(row["symbol"], Decimal(0))
            held += [{**row, "positionAmt": str(amount)}] if amount else []
        known = [row for row in state["orders"] if row["orderId"] not in self.by_hand]
        state = {**state, "positions": held, "orders": known}
        return Books(state, self.bot.trades(), self.bot.rows("select * from orders"))

    @property
    def closing(self) -> str:
        """The side of an order that closes."""
        return "SELL" if self.scenario.side == "long" else "BUY"

    def held(self, symbol: str = BTC) -> Decimal:
        """Return the amount of the bot's position, 0 without one."""
        found = positions(self.server, symbol)
        mine = Decimal(found[0]["positionAmt"]) if found else Decimal(0)
        return abs(mine - self.foreign.get(symbol, Decimal(0)))

    def stop_level(self, symbol: str = BTC) -> float:
        """Return the price of the stop in force, in USDT: on the exchange, in the book, or as planned."""
        waiting = waiting_stops(self.server, symbol)
        booked = self.bot.trades(f"is_open = 1 and pair = '{PAIRS[symbol]}'")
        if waiting:
            return float(waiting[-1]["triggerPrice"])
        sign = 1 if self.scenario.side == "long" else -1
        planned = self.retests[symbol].far_edge * (1 - sign * 0.002)
        return float(booked[0]["stop_loss"] or planned) if booked else planned

    def at_r(self, multiple: float, symbol: str = BTC) -> float:
        """Return the price in USDT that is so many times the first risk in the trade's favour."""
        retest = self.retests[symbol]
        found = positions(self.server, symbol)
        entry = float(found[0]["entryPrice"]) if found else retest.price
        return entry + (target_price(retest, entry) - entry) * multiple / 2

    # --- steps of the bot's life

    def do_start(self, _: str) -> None:
        """Start the bot unless it runs, and wait until it has ended its first loop."""
        if self.bot.process_id is None:
            self.watch.starting()
            seen = self.bot.loops()
            self.bot.start()
            if not self.until(lambda: self.bot.loops() > seen, READY_SECONDS):
                # A start that faults keep from coming up: Compose tries again, and so it goes on.
                self.complaints.append(f"not up within {READY_SECONDS:g} s")
            self.watch.ready()

    def do_kill(self, phase: str) -> None:
        """Kill the bot."""
        if self.bot.process_id is None:
            return
        inside = any(fault.held for fault in self._holds) or self._in_order_call()
        self.watch.down()
        self.bot.crash()
        self.kills += 1
        self.kills_in_call += inside
        self.met.append(("kill -9 in an order call" if inside else "kill -9", phase))

    def _in_order_call(self) -> bool:
        routes = ORDER_ROUTES.values()
        return any(fault.held and route in routes for fault, route in self._ordered)

    def do_candle(self, _: str) -> None:
        """Let the candle of the signal close."""
        ahead_ms = ms(CLOSES) - _JUST_BEFORE_MS - self.clock.now_ms()
        if ahead_ms > 0:
            self.clock.jump_to(self.clock.now_ms() + ahead_ms)
            self.bot.set_clock(ahead_ms / 1000)

    def do_wait(self, _: str, seconds: float) -> None:
        """Wait."""
        self.until(lambda: False, seconds)

    # --- steps into a phase

    def do_hold(self, _: str, route: str, how: str, seconds: float) -> None:
        """Hold up a call that is still to come, before or after the exchange has done its work."""
        asked = ROUTES[route]
        closes = "entry" not in self.scenario.phase.name
        where = {"reduceOnly": "true"} if route == "order" and closes else {}
        # The first stop is placed, not moved.
        skip = 1 if route == "stop" and "moved" in self.scenario.phase.name else 0
        words: dict[str, Any] = {"where": where, "skip": skip, "seconds": seconds}
        order = {
            "never arrives": self.operator.drop_next,
            "arrives late": self.operator.delay_next,
            "answer lost": self.operator.lose_next,
            "answer late": lambda *route, **words: self.operator.delay_next(*route, after=True, **words),
        }[how]
        self._holds.append(order(*asked, **words))

    def do_refuse_stops(self, _: str) -> None:
        """Refuse every stop until all is healed."""
        self._order("stop", self.operator.fail_next, 503, BUSY, times=None)

    def do_reach(self, phase: str) -> None:
        """Wait for the phase, or bring it about."""
        reached = self.until(_REACHED[phase](self), REACH_SECONDS)
        if not reached:
            self.met.append(("not reached", phase))

    # --- trouble

    def do_fault(self, name: str, **words: Any) -> None:
        """Let something go wrong."""
        phase = self.scenario.phase.name
        found = getattr(self, "_" + name.lower().replace("'", "").replace(" ", "_"))
        if found(**words) is not False:
            self.met.append((name, phase))

    def _order(self, route: str, act: Callable[..., Fault], *given: Any, **words: Any) -> None:
        asked = ROUTES[route]
        self._ordered.append((act(*asked, *given, **words), asked))

    def _call_dropped(self, route: str, times: int) -> None:
        self._order(route, self.operator.drop_next, times=times)

    def _answer_lost(self, route: str, times: int) -> None:
        self._order(route, self.operator.lose_next, times=times)

    def _503(self, route: str, times: int) -> None:
        self._order(route, self.operator.fail_next, 503, "Service Unavailable", times=times)

    def _overloaded(self, route: str, times: int) -> None:
        self._order(route, self.operator.fail_next, 503, BUSY, times=times)

    def _429(self, route: str, times: int) -> None:
        many = {"code": -1003, "msg": "Too many requests; current limit is 2400 requests per minute."}
        self._order(route, self.operator.fail_next, 429, many, times=min(times, 2))

    def _garbled_200(self, route: str, times: int, body: str) -> None:
        self._order(route, self.operator.garble_next, GARBAGE[body], times=times)

    def _cut_200(self, route: str, times: int) -> None:
        self._order(route, self.operator.cut_next, times=times)

    def _late(self, route: str, times: int, after: bool, seconds: float) -> None:
        self._order(route, self.operator.delay_next, seconds, times=times, after=after)

    def _banned(self, seconds: float) -> None:
        self.operator.ban(int(seconds * 1000))

    def _down(self, method: str, paths: tuple[str, ...], seconds: float) -> None:
        faults = [self.operator.fail_next(method, path, 503, "down", times=None) for path in paths]
        self.do_wait("", seconds)
        for fault in faults:
            fault.times = 0
        self.watch.healed()

    def _market_data_down(self, seconds: float) -> None:
        self._down("GET", ("/fapi/v1/klines", "/fapi/v1/depth"), seconds)

    def _account_down(self, seconds: float) -> None:
        paths = (
            "/fapi/v3/account",
            "/fapi/v3/positionRisk",
            "/fapi/v1/openOrders",
            "/fapi/v1/openAlgoOrders",
        )
        self._down("GET", paths, seconds)

    def _all_down(self, seconds: float) -> None:
        self._down("*", ("*",), seconds)

    def _closed_by_hand(self) -> bool:
        return self.operator.close_by_hand(BTC) is not None

    def _part(self, share: str) -> Decimal:
        return SPECS[BTC].to_step(self.held() * Decimal(share))

    def _partly_closed_by_hand(self, share: str) -> bool:
        part = self._part(share)
        return bool(part) and self.operator.close_by_hand(BTC, part) is not None

    def _added_by_hand(self, share: str) -> bool:
        return self._open_by_hand(BTC, self._part(share))

    def _foreign_position(self) -> bool:
        return not positions(self.server, ETH) and self._open_by_hand(ETH, Decimal("0.100"))

    def _open_by_hand(self, symbol: str, quantity: Decimal) -> bool:
        if not quantity:
            return False
        long = self.scenario.side == "long"
        order = self.operator.trade_by_hand(symbol, "BUY" if long else "SELL", quantity)
        self.by_hand.add(order["orderId"])
        self.foreign[symbol] = quantity if long else -quantity
        return True

    def _liquidated(self) -> bool:
        return self.operator.liquidate(BTC) is not None

    def _deleveraged(self) -> bool:
        return self.operator.deleverage(BTC) is not None

    def _partly_deleveraged(self, share: str) -> bool:
        part = self._part(share)
        return bool(part) and self.operator.deleverage(BTC, part) is not None

    def _end_stop(self, status: str) -> bool:
        waiting = waiting_stops(self.server)
        for stop in waiting:
            self.operator.end_algo_order(stop["algoId"], status)
        return bool(waiting)

    def _stop_cancelled(self) -> bool:
        return self._end_stop("CANCELED")

    def _stop_expired(self) -> bool:
        return self._end_stop("EXPIRED")

    def _stops_order_expires(self) -> bool:
        return self._stop_filled_in_part("0")

    def _stop_filled_in_part(self, share: str) -> bool:
        if not waiting_stops(self.server):
            return False
        self.operator.fill_in_parts(BTC, share, side=self.closing)
        return self._price_through_the_stop()

    def _price_through_the_stop(self) -> bool:
        away = 0.9995 if self.scenario.side == "long" else 1.0005
        move(self.server, self.stop_level() * away)
        return True

    def _foreign_stop(self) -> bool:
        level = SPECS[BTC].to_tick(self.at_r(-0.5))
        return bool(self.held()) and bool(
            self.operator.stop_by_hand(BTC, self.closing, self._part("0.5") or self.held(), level)
        )

    def _foreign_limit(self) -> bool:
        level = SPECS[BTC].to_tick(self.at_r(1.5))
        return bool(self.held()) and bool(
            self.operator.limit_by_hand(BTC, self.closing, self._part("0.5") or self.held(), level)
        )

    def _deposit(self) -> None:
        self.operator.transfer(5_000)

    def _withdrawal(self) -> None:
        self.operator.transfer(-3_000)

    def _hedge_mode(self) -> None:
        self.operator.set_modes(hedge_mode=True)

    def _cross_margin(self) -> bool:
        self.operator.set_terms(BTC, margin_type="CROSSED")
        return bool(self.held())

    def _entry_filled_in_part(self, share: str) -> None:
        self.operator.fill_in_parts(BTC, share, side="BUY" if self.scenario.side == "long" else "SELL")

    def _for_a_while(self, failing: AbstractContextManager[None], seconds: float) -> None:
        self._disk_fails = True
        with failing:
            deadline = time.monotonic() + seconds
            while time.monotonic() < deadline:
                time.sleep(_POLL_SECONDS)
        self.watch.healed()

    def _database_locked(self, seconds: float) -> bool:
        if not self.bot.database.exists():
            return False
        self._for_a_while(locked(self.bot.database), seconds)
        return True

    def _disk_full(self, seconds: float) -> bool:
        number = self.bot.process_id
        if number is None:
            return False
        self._for_a_while(full_disk(number), seconds)
        return True

    def _discord_down(self) -> None:
        self.was_silent = self.discord.is_down = True

    def _clock(self, seconds: float) -> bool:
        if self.bot.process_id is None:
            return False
        self.bot.set_clock(seconds)
        self.operator.shift_server_time(self.server.exchange.shift_ms + int(seconds * 1000))
        return True

    def _clock_set_back(self, seconds: float) -> bool:
        return self._clock(-seconds)

    def _clock_jumps_ahead(self, seconds: float) -> bool:
        return self._clock(seconds)

    def _sigterm(self) -> bool:
        if self.bot.process_id is None:
            return False
        self.watch.down()
        self.bot.stop()
        self.do_start("")
        return True

    # --- steps to the end

    def do_heal(self, _: str) -> None:
        """End all trouble that still stands."""
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
        self._holds.clear()
        self.server.exchange.engine.matcher.parts.clear()
        self.watch.healed()

    def do_agree(self, _: str) -> None:
        """Require both sides to agree within one loop: of the calls that are under way, and the next."""
        self.do_start("")
        begun, seen = time.monotonic(), self.bot.loops()

        def is_late() -> bool:
            over = time.monotonic() - begun > COMPARED_SECONDS
            return over and self.bot.loops() >= seen + LOOPS

        def is_settled() -> bool:
            return not disagreements(self.books()) or is_late()

        self.until(is_settled, AGREE_SECONDS)
        self.complaints += [f"no agreement: {sentence}" for sentence in disagreements(self.books())]

    def do_finish(self, how: str) -> None:
        """Close the trade that is left."""
        trade = self.bot.trades("is_open = 1")
        if not trade:
            return
        symbol = next(name for name, pair in PAIRS.items() if pair == trade[0]["pair"])
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


Reached = Callable[[World], Callable[[], Any]]


def _held_call(world: World) -> Callable[[], Any]:
    def is_held() -> bool:
        return any(fault.held for fault in world._holds)

    return is_held


def _first_rests(world: World) -> bool:
    return bool(world.until(lambda: world.bot.rows(RESTING_STOPS), REACH_SECONDS))


def _moved_to(multiple: float) -> Reached:
    """Let the stop rest, then bring the price so many R away."""

    def reach(world: World) -> Callable[[], Any]:
        if _first_rests(world):
            move(world.server, world.at_r(multiple))
        return _held_call(world)

    return reach


def _unplaced(world: World) -> Callable[[], Any]:
    return lambda: world.bot.trades("is_open = 1")


def _resting(world: World) -> Callable[[], Any]:
    return lambda: len(world.bot.rows(RESTING_STOPS)) >= world.scenario.phase.pairs


def _triggered(world: World) -> Callable[[], Any]:
    if _first_rests(world):
        world._price_through_the_stop()
    return lambda: not world.held()


def _closed(world: World) -> Callable[[], Any]:
    if _first_rests(world):
        move(world.server, world.stop_level())
    return lambda: world.bot.trades("is_open = 0")


def _capped(world: World) -> Callable[[], Any]:
    _closed(world)
    return lambda: world.bot.told("No more entries today")


_REACHED: Mapping[str, Reached] = {
    "entry under way": _held_call,
    "entered, no stop yet": _unplaced,
    "stop being placed": _held_call,
    "stop resting": _resting,
    "stop being moved": _moved_to(1.1),
    "partial exit under way": _moved_to(1.1),
    "exit under way": _moved_to(2.05),
    "stop triggered": _triggered,
    "just closed": _closed,
    "at the day's cap": _capped,
    "two pairs open": _resting,
}
