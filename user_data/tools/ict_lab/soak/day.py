"""One run, from its start to its figures."""

import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ict_lab.bots.agreement import over_the_cap, realised_usdt, unreported
from ict_lab.bots.discord import LoopbackDiscord
from ict_lab.bots.shipped import ShippedBot
from ict_lab.soak.life import Life
from ict_lab.soak.points import POINTS, Point
from loopback.clock import RunningClock
from loopback.exchange import Exchange
from loopback.market.intervals import DAY_MS, HOUR_MS
from loopback.market.source import Kind
from loopback.market.synthetic import SyntheticMarket
from loopback.server import LoopbackServer

SYMBOLS = ("BTCUSDT", "ETHUSDT", "LTCUSDT")
WARM_UP_DAYS = 200
WEBHOOK_ID, TOKEN = "2345678901234567890", "sO4-soak_Token-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLM"
CAP = 8
_LOOK_SECONDS = 0.2
# Timeouts of calls are in real time: the simulated one would leave them a sixtieth of it.
_PATIENT_CALLS = {"timeout": 1_800_000, "enableRateLimit": False, "options": {"recvWindow": 60_000}}
_SETTINGS = {
    "timeframe": "5m",
    "max_open_trades": 2,
    "exchange": {
        "pair_whitelist": ["BTC/USDT:USDT", "ETH/USDT:USDT", "LTC/USDT:USDT"],
        "ccxt_config": _PATIENT_CALLS,
    },
    "discord": {"timeout": 600},
}
_ICT = {"max_daily_trades": CAP, "max_daily_loss_percent": 100.0}


@dataclass(frozen=True)
class Plan:
    """What to run.

    Attributes
    ----------
    start
        The simulated time at the start, UTC.
    hours
        Length in simulated hours.
    speed
        Simulated seconds per real second.
    seed
        Seed of the market.
    """

    start: datetime
    hours: float
    speed: float
    seed: int


@dataclass(frozen=True)
class Outcome:
    """The outcome of a run.

    Attributes
    ----------
    figures
        Figures by name, as text.
    log
        How often the bot logged each kind of warning and error.
    reached
        Points that the run reached.
    missed
        Points that it did not reach.
    complaints
        Checks that failed, a sentence each; empty after a good run.
    """

    figures: dict[str, str]
    log: dict[str, int]
    reached: list[str]
    missed: list[str]
    complaints: list[str]


def run(plan: Plan, say: Callable[[str], None]) -> Outcome:
    """Run a plan and return its outcome.

    Parameters
    ----------
    plan
        What to run.
    say
        Receives lines of progress.
    """
    begun = time.monotonic()
    start_ms = int(plan.start.timestamp() * 1000)
    market = _made_market(start_ms, plan)
    clock = RunningClock(start_ms, plan.speed)
    exchange = Exchange(market, clock, stamp_clock=clock)
    with (
        tempfile.TemporaryDirectory(prefix="ict-soak-") as folder,
        LoopbackDiscord(WEBHOOK_ID, TOKEN) as discord,
        LoopbackServer(exchange) as server,
    ):
        bot = ShippedBot(server, discord, Path(folder), ict=_ICT, extra=_SETTINGS)
        life = Life(server, discord, bot)
        try:
            reached = _live(life, int(plan.hours * HOUR_MS), say)
        finally:
            if bot.process_id:
                bot.stop()
        _check_the_whole(life)
        _count(life, plan, (time.monotonic() - begun) / 60)
    missed = [point.name for point in POINTS if point.name not in reached]
    return Outcome(life.figures.rows(), dict(life.figures.log), reached, missed, life.complaints)


def _made_market(start_ms: int, plan: Plan) -> SyntheticMarket:
    """Make every candle before the clock starts."""
    midnight = start_ms // DAY_MS * DAY_MS
    end_ms = midnight + (int(plan.hours // 24) + 3) * DAY_MS
    market = SyntheticMarket(midnight - WARM_UP_DAYS * DAY_MS, end_ms, plan.seed, SYMBOLS)
    for symbol in SYMBOLS:
        for kind in Kind:
            for interval in ("5m", "1h", "4h"):
                market.candles(symbol, kind, interval)
    return market


def _live(life: Life, lasts_ms: int, say: Callable[[str], None]) -> list[str]:
    """Run the bot through each point of the plan; return the names of those reached."""
    waiting = list(POINTS)
    reached: list[str] = []
    life.start()
    end_ms = life.now_ms() + lasts_ms
    waiting[0].prepare(life)
    hour = life.now_ms() // HOUR_MS
    while life.now_ms() < end_ms:
        time.sleep(_LOOK_SECONDS)
        life.look()
        if life.bot.process_id is None:
            life.complaints.append("the bot ended by itself")
            break
        if waiting and waiting[0].is_there(life):
            _come_to(life, waiting, reached, say)
        if life.now_ms() // HOUR_MS > hour:
            hour = life.now_ms() // HOUR_MS
            say(f"{_clock(life)}  {life.figures.loops} loops, {len(life.bot.trades())} trades")
    life.server.operator.clear_faults()
    life.agree("at the end")
    life.look()
    return reached


def _come_to(life: Life, waiting: list[Point], reached: list[str], say: Callable[[str], None]) -> None:
    """Act at the next point if it is there; advance to the one after it if that worked."""
    before = len(life.complaints)
    if not waiting[0].act(life):
        return
    point = waiting.pop(0)
    life.agree(point.name)
    reached.append(point.name)
    say(f"{_clock(life)}  {point.name}: {'; '.join(life.complaints[before:]) or 'all agrees'}")
    if waiting:
        waiting[0].prepare(life)


def _clock(life: Life) -> str:
    return f"{datetime.fromtimestamp(life.now_ms() / 1000, UTC):%d %b %H:%M} UTC"


def _check_the_whole(life: Life) -> None:
    """Check the whole run: trades reported once, days within caps, no secret written."""
    trades = life.bot.trades()
    life.complaints += unreported(trades, life.bot.told())
    life.complaints += over_the_cap(trades, CAP)
    life.complaints += [f"refused: {refusal}" for refusal in life.server.exchange.record.refusals]
    life.complaints += [f"reached for the network: {host}" for host in life.bot.refused_hosts]
    try:
        life.bot.check_secrets()
    except AssertionError as error:
        life.complaints.append(str(error))


def _count(life: Life, plan: Plan, minutes: float) -> None:
    """Fill in the figures that are counted at the end."""
    figures, books = life.figures, life.books()
    entries = life.server.exchange.record.entries
    figures.simulated_hours = (life.now_ms() - plan.start.timestamp() * 1000) / HOUR_MS
    figures.real_minutes = minutes
    figures.requests = len(entries)
    figures.refused_requests = sum(entry.status >= 400 for entry in entries)
    figures.orders = sum(float(row["executedQty"]) > 0 for row in books.state["orders"])
    figures.stops = len(books.state["algo_orders"])
    figures.entries = len(books.trades)
    figures.exits = dict(Counter(row["exit_reason"] for row in books.trades if not row["is_open"]))
    figures.profit_usdt = realised_usdt(books)
    figures.cuts = sum(fault.hits for fault in life.cuts)
    figures.messages = len(life.discord.messages)
    figures.read_log(life.log_lines())
