"""What a trade has paid or received in funding, booked with each of its exits.

Freqtrade asks for it twice an hour and before its own exits. It books none with a stop on the exchange, and
with any other exit that it did not make none that was paid since it last asked.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from freqtrade.persistence import Order, Trade
from sqlalchemy import func, select

from ict.words.findings import FindingFacts
from ict_host.book import closed_since, exits_in_time
from ict_host.seams.access import ccxt_of, incomes

logger = logging.getLogger(__name__)

# Binance settles within so much of the full hour; an entry just after it may still pay.
SETTLING = timedelta(seconds=15)
# A payment may be missing from the account's history for so long.
LATE = timedelta(minutes=5)
AGAIN = timedelta(minutes=1)
# At a start, the trades of so long before the newest close are asked for again.
LOOK_BACK = timedelta(days=1)
# Less than this is a difference in rounding, in the stake currency.
LEAST = 1e-6


class KnownFunding:
    """Books with an exit what Freqtrade knows of its trade's funding, with a stop's too.

    Parameters
    ----------
    bot
        Freqtrade's bot; its way to book an order's fee, the last step before its fill, is replaced.
    """

    def __init__(self, bot: Any) -> None:
        bot.handle_order_fee = partial(self._book, bot.handle_order_fee)

    def _book(
        self, inner: Callable[..., None], trade: Trade, order: Order, answer: Mapping[str, Any]
    ) -> None:
        inner(trade, order, answer)
        is_exit = order.ft_order_side != trade.entry_side
        if trade.is_open and is_exit and order.safe_filled and not order.ft_is_open:
            self._give(trade, order)
            trade.funding_fee_running = 0.0

    def _give(self, trade: Trade, order: Order) -> None:
        if order.funding_fee is None:
            order.funding_fee = trade.funding_fee_running or 0.0


class PaidFunding(KnownFunding):
    """Books with an exit what the exchange says that its trade has paid by then, and corrects a close later.

    A failure keeps nothing from being booked: what Freqtrade knows is booked then.

    Parameters
    ----------
    bot
        Freqtrade's bot.
    report : Callable
        Takes what is not known at a close, or was corrected after it.
    """

    def __init__(self, bot: Any, report: Callable[[FindingFacts], None]) -> None:
        super().__init__(bot)
        self._exchange, self._report = bot.exchange, report
        now = datetime.now(UTC)
        # However long the bot was down: what it had not learned, it closed shortly before.
        newest = Trade.session.scalar(select(func.max(Trade.close_date)))
        since = (newest.replace(tzinfo=UTC) if newest else now) - LOOK_BACK
        # When to ask again, by a trade's id.
        self._due = {trade.id: now for trade in closed_since(since, live=True)}

    def look(self) -> None:
        """Ask again for closed trades of which a payment may be missing, if it is time."""
        now = datetime.now(UTC)
        for trade_id in [one for one, at in self._due.items() if at <= now]:
            self._due[trade_id] = now + AGAIN
            try:
                for trade in Trade.get_trades([Trade.id == trade_id, Trade.is_open.is_(False)]):
                    self._correct(trade)
            except Exception as error:
                logger.warning("Trade %s: its funding is still not known: %s", trade_id, error)
                Trade.rollback()
            else:
                del self._due[trade_id]

    def _give(self, trade: Trade, order: Order) -> None:
        now = datetime.now(UTC)
        try:
            order.funding_fee = self._share(trade, order)
        except Exception as error:
            super()._give(trade, order)
            self._due[trade.id] = now + AGAIN
            logger.warning("%s: what it paid in funding is not known: %s", trade.pair, error)
            self._say("funding_unknown", trade, "asks_later", str(error))
            return
        hour = now.replace(minute=0, second=0, microsecond=0)
        if hour >= _opened(trade) - SETTLING and now < hour + LATE:
            self._due[trade.id] = hour + LATE

    def _correct(self, trade: Trade) -> None:
        for order in exits_in_time(trade)[-1:]:
            before, share = trade.realized_profit or 0.0, self._share(trade, order)
            if math.isclose(share, order.funding_fee or 0.0, abs_tol=LEAST):
                return
            order.funding_fee = share
            trade.recalc_trade_from_orders(is_closing=True)
            Trade.commit()
            after = trade.realized_profit or 0.0
            detail = f"{after - before:+.4f} {trade.stake_currency}, {before:+.2f} -> {after:+.2f}"
            logger.warning("%s: the profit is corrected by late funding: %s", trade.pair, detail)
            self._say("funding_late", trade, "close_recorded", detail)

    def _share(self, trade: Trade, order: Order) -> float:
        """Return an exit's part of the funding: all that was paid by then, less what other exits have."""
        since, until = _held(trade, order)
        market = ccxt_of(self._exchange).market_id(trade.pair)
        paid = sum(
            float(row["income"])
            for row in incomes(self._exchange, "FUNDING_FEE", since, market)
            if since < datetime.fromtimestamp(int(row["time"]) / 1000, UTC) <= until
        )
        return paid - sum(other.funding_fee or 0.0 for other in trade.orders if other is not order)

    def _say(self, finding: Any, trade: Trade, action: Any, detail: str) -> None:
        self._report(FindingFacts(pair=trade.pair, finding=finding, action=(action,), detail=detail))


def _held(trade: Trade, last: Order) -> tuple[datetime, datetime]:
    """Return between which times a payment on the pair is a trade's, up to an exit; the first is excluded."""
    on_pair = select(Trade).where(Trade.pair == trade.pair).limit(1)
    earlier = Trade.session.scalar(on_pair.where(Trade.id < trade.id).order_by(Trade.id.desc()))
    later = Trade.session.scalar(on_pair.where(Trade.id > trade.id).order_by(Trade.id))
    since, exited = _opened(trade) - SETTLING, last.order_filled_utc or datetime.now(UTC)
    until = exited + SETTLING
    if earlier is not None and earlier.close_date_utc is not None:
        since = max(since, earlier.close_date_utc)
    if later is not None:
        until = min(until, max(exited, _opened(later) - SETTLING))
    return since, until


def _opened(trade: Trade) -> datetime:
    """Return when a trade's first entry was sent, by the exchange's clock where it is known."""
    sent = [order.order_date_utc for order in trade.orders if order.ft_order_side == trade.entry_side]
    return min(sent, default=trade.open_date_utc)
