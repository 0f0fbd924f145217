"""Reports each event of a trade (opened, partly closed, closed) until it has been sent, and no longer.

What is due is no list of its own: it is what the trades' filled orders say, less what a trade's record says
was sent. So an event is reported whatever recorded it (a fill, Freqtrade's recovery, a stop hit while the bot
was down), and also where the bot was killed between the fill and the message. An event is marked when every
channel has taken it. Killed between the two, the bot reports it once more at its next start: twice is better
than never.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Lock
from typing import Any, cast

from freqtrade.persistence import KeyStoreKeys, KeyValueStore, Order, Trade
from sqlalchemy import func, or_, select

from ict.words.trades import SetupFacts
from ict_host.book import exits_in_time, profit_of_day
from ict_host.channels import Channels, Tone
from ict_host.records import SCHEMA, LevelRecords
from ict_host.reports import Reporter
from ict_host.seams.messages import message_queue

logger = logging.getLogger(__name__)

OPENED, CLOSED = "opened", "closed"
# In a trade's custom data: events that were sent; what is known only at the entry's fill.
REPORTED_KEY, ENTRY_KEY = "ict_told", "ict_entry"
# Newest trade before the first start that kept such a record: older ones are not reported.
FROM_KEY = cast("KeyStoreKeys", "ict_told_after_trade")
# Older closes are not reported.
LOOK_BACK = timedelta(days=30)
# An opening is reported with its stop and target, which need the first candles after a restart.
LEVELS_PATIENCE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Event:
    """An event of a trade: `OPENED`, `CLOSED`, or the id of the order that closed a part."""

    trade_id: int
    key: str


def remember_entry(
    trade: Trade, *, equity: float, score: float | None, most_points: float, setup: SetupFacts | None
) -> None:
    """Keep what an opening is reported with and is not known later."""
    record: dict[str, Any] = {"schema": SCHEMA, "equity": equity, "score": score, "most_points": most_points}
    if setup is not None:
        record["setup"] = asdict(setup)
    trade.set_custom_data(ENTRY_KEY, record)


class Outbox:
    """Sends the strategy's texts in Freqtrade's place, at the end of each loop.

    Parameters
    ----------
    bot
        Freqtrade's bot.
    reporter : Reporter
        Makes the texts.
    levels : LevelRecords
        Stop and target of each trade.
    """

    def __init__(self, bot: Any, reporter: Reporter, levels: LevelRecords) -> None:
        self._reporter = reporter
        self._levels = levels
        self._queue = message_queue(bot)
        self._channels = Channels(bot.rpc.registered_modules, bot.config, reporter.settings.language)
        self._sending = Lock()
        self._reported: dict[int, set[str]] = {}
        # In progress, or impossible to make: not due again before the next start.
        self._taken_on: set[Event] = set()
        self._arrived: list[Event] = []
        self._open: set[int] | None = None
        self._newest = self._first = _begin_record()
        bot.rpc.process_msg_queue = lambda queue: self.deliver()

    @property
    def waiting(self) -> int:
        """How many texts wait to be sent."""
        return len(self._queue) + self._channels.waiting

    def knows(self, trade: Trade, key: str) -> bool:
        """Whether an event has been seen already: sent, or on its way."""
        return Event(trade.id, key) in self._taken_on or key in self._reported_of(trade)

    def post(self, text: str) -> None:
        """Queue a text for the end of this loop, before the trades' own texts."""
        self._channels.post(text)

    def deliver(self) -> None:
        """Send the trades' texts that are due, then the strategy's texts since the last time."""
        _safely(self._look)
        try:
            self.send()
        finally:
            _safely(self._note_arrived)

    def send(self) -> None:
        """Send what is queued, from any thread and without the database."""
        with self._sending:
            while self._queue:
                self._channels.post(self._queue.popleft())
            self._channels.send()

    def _look(self) -> None:
        trades = self._trades()
        for trade in trades:
            self._take_on(trade)
        # Not before all are queued: if one fails, the next loop checks the same again.
        self._open = {trade.id for trade in trades if trade.is_open}
        self._newest = max([self._newest, *(trade.id for trade in trades)])

    def _trades(self) -> Sequence[Trade]:
        """Return the trades that may have something to report: open, closed since the last look, or new."""
        if self._open is None:
            seen = Trade.close_date >= datetime.now(UTC) - LOOK_BACK
        else:
            seen = or_(Trade.id.in_(self._open), Trade.id > self._newest)
        return Trade.get_trades([or_(Trade.is_open.is_(True), seen)]).all()

    def _take_on(self, trade: Trade) -> None:
        if trade.id <= self._first and not self._reported_of(trade):
            return
        for event, order in events_of(trade):
            if self.knows(trade, event.key) or (event.key == OPENED and self._waits_for_levels(trade)):
                continue
            text = self._text(trade, event, order)
            self._taken_on.add(event)
            if text is not None:
                self._channels.post(text, partial(self._arrived.append, event), _tone(trade, event))

    def _waits_for_levels(self, trade: Trade) -> bool:
        filled = trade.date_entry_fill_utc
        if not trade.is_open or filled is None or self._levels.read(trade) is not None:
            return False
        return datetime.now(UTC) - filled < LEVELS_PATIENCE

    def _text(self, trade: Trade, event: Event, order: Order | None) -> str | None:
        levels = self._levels.read(trade)
        if event.key == OPENED:
            return self._reporter.opened(trade, levels, trade.get_custom_data(ENTRY_KEY) or {})
        at = _filled_at(order) or trade.close_date_utc or datetime.now(UTC)
        return self._reporter.closed(trade, order, levels, profit_of_day(at), is_partial=event.key != CLOSED)

    def _reported_of(self, trade: Trade) -> set[str]:
        if trade.id not in self._reported:
            self._reported[trade.id] = set(trade.get_custom_data(REPORTED_KEY) or [])
        return self._reported[trade.id]

    def _note_arrived(self) -> None:
        """Mark what has been sent, in the trade's record."""
        while self._arrived:
            event = self._arrived[0]
            for trade in Trade.get_trades([Trade.id == event.trade_id]):
                reported = self._reported_of(trade) | {event.key}
                trade.set_custom_data(REPORTED_KEY, sorted(reported))
                self._reported[trade.id] = reported
            self._arrived.pop(0)


def _safely(step: Callable[[], None]) -> None:
    try:
        step()
    except Exception:
        # A locked or full database: the next loop tries again.
        logger.exception("Events of trades could not be reported")
        Trade.rollback()


def events_of(trade: Trade) -> list[tuple[Event, Order | None]]:
    """List a trade's events so far, in order, each with the order that made it, where there is one."""
    entries = trade.select_filled_orders(trade.entry_side)
    if not entries:
        return []
    parts, last = exits_in_time(trade), None
    if parts and not trade.is_open:
        *parts, last = parts
    found: list[tuple[Event, Order | None]] = [(Event(trade.id, OPENED), entries[0])]
    found += [(Event(trade.id, str(order.order_id)), order) for order in parts]
    return found if trade.is_open else [*found, (Event(trade.id, CLOSED), last)]


def _tone(trade: Trade, event: Event) -> Tone:
    if event.key != CLOSED or not trade.close_profit_abs:
        return "plain"
    return "gain" if trade.close_profit_abs > 0 else "loss"


def _filled_at(order: Order | None) -> datetime | None:
    return order.order_filled_utc if order else None


def _begin_record() -> int:
    """Return the newest trade that is older than this record; older trades are not reported."""
    first = KeyValueStore.get_int_value(FROM_KEY)
    if first is None:
        first = Trade.session.scalar(select(func.max(Trade.id))) or 0
        for trade in Trade.get_trades([Trade.is_open.is_(True)]).all():
            # Later events are reported, of these trades too.
            trade.set_custom_data(
                REPORTED_KEY, sorted({OPENED, *(event.key for event, _ in events_of(trade))})
            )
        KeyValueStore.store_value(FROM_KEY, first)
    return first
