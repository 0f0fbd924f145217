"""What each exit of a live trade cost: its own fee, and what a liquidation pays to the insurance fund.

Freqtrade books one fee for all of a trade's exits, that of the first. A manual maker's fill beside the bot's
own market order would so be booked at the wrong one of the two.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import ccxt  # type: ignore[import-untyped]
from freqtrade.persistence import Order, Trade

from ict_host.book import filled_exits
from ict_host.seams.access import ccxt_of, incomes

logger = logging.getLogger(__name__)

# What the client order id of a liquidation begins with at Binance.
LIQUIDATION = "autoclose-"


class ExitFees:
    """Books exits of a running bot at the mean of their own fees, weighted by what they exchanged.

    Parameters
    ----------
    bot
        Freqtrade's bot; its way to book an order's fee is replaced.
    """

    def __init__(self, bot: Any) -> None:
        self._exchange = bot.exchange
        self._counted: set[str] = set()
        bot.handle_order_fee = partial(self._book, bot.handle_order_fee)

    def _book(
        self, inner: Callable[..., None], trade: Trade, order: Order, answer: Mapping[str, Any]
    ) -> None:
        if order.ft_order_side == trade.entry_side or order.order_id in self._counted:
            inner(trade, order, answer)
            return
        before = trade.fee_close or 0.0
        earlier = sum(_value(part) for part in filled_exits(trade) if part.order_id != order.order_id)
        if earlier:
            # Otherwise Freqtrade has its fee already, and does not ask.
            trade.fee_close_currency = None
        inner(trade, order, answer)
        if trade.fee_close_currency is None:
            return  # it is open, or its fills are not known yet
        self._counted.add(order.order_id)
        paid, own = self._insurance(trade, answer), _value(order)
        if earlier or paid:
            trade.fee_close = (before * earlier + (trade.fee_close or 0.0) * own + paid) / (earlier + own)

    def _insurance(self, trade: Trade, answer: Mapping[str, Any]) -> float:
        """Ask what a liquidation paid to the insurance fund, in the stake currency."""
        if not str(answer.get("clientOrderId") or "").startswith(LIQUIDATION):
            return 0.0
        market = ccxt_of(self._exchange).market_id(trade.pair)
        try:
            rows = incomes(self._exchange, "INSURANCE_CLEAR", trade.open_date_utc, market)
        except ccxt.BaseError as error:
            # The close itself must be booked; Freqtrade does so without its fee, too.
            logger.warning("%s: what the insurance fund took is not known: %s", trade.pair, error)
            return 0.0
        return -sum(float(row["income"]) for row in rows)


def _value(part: Order) -> float:
    return part.safe_price * part.safe_filled
