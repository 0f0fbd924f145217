"""Orders that were sent but are not in the book: added, for Freqtrade's own loop to finish."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any

from freqtrade.enums import ExitType
from freqtrade.exchange import timeframe_to_minutes
from freqtrade.persistence import Order, Trade

from ict.desk.reconcile import SAME
from ict_host.intents import Intent, Purpose

logger = logging.getLogger(__name__)


def book(bot: Any, intent: Intent, order: dict[str, Any]) -> None:
    """Add an order on the exchange to the book, open: Freqtrade looks it up and books its fill.

    One that ended unfilled is nothing.

    Parameters
    ----------
    bot
        Freqtrade's bot.
    intent : Intent
        The order as it was sent.
    order : dict
        ccxt's order, as the exchange has it now.
    """
    if intent.came_to_nothing(order):
        return
    trade = Trade.get_trades([Trade.pair == intent.pair, Trade.is_open.is_(True)]).first()
    if intent.purpose is Purpose.ENTRY:
        if trade is not None:
            return
        trade = _trade_of(bot, intent, order)
    if trade is None:
        return
    side = "stoploss" if intent.purpose is Purpose.STOP else intent.side
    found = Order.parse_from_ccxt_object(order, intent.pair, side, intent.amount, intent.price)
    found.ft_order_tag = intent.tag or None
    trade.orders.append(_as_open(found))
    if intent.purpose is Purpose.EXIT and intent.amount >= trade.amount:
        trade.exit_reason = ExitType.SOLD_ON_EXCHANGE.value
    Trade.session.add(trade)
    trade.recalc_trade_from_orders()
    Trade.commit()
    logger.warning(
        "%s: an order of the bot was missing from its book and is now booked: %s", intent.pair, order["id"]
    )


def book_exit(bot: Any, trade: Trade, order: dict[str, Any]) -> None:
    """Book an exit that the bot did not make, such as a manual one or a liquidation.

    Parameters
    ----------
    bot
        Freqtrade's bot.
    trade : Trade
        The trade that it closed, or a part of.
    order : dict
        ccxt's order, filled.
    """
    order = _of_trade(order, trade)
    trade.orders.append(Order.parse_from_ccxt_object(order, trade.pair, order["side"]))
    trade.exit_reason = ExitType.SOLD_ON_EXCHANGE.value
    Trade.commit()
    logger.warning("%s: an exit that the bot did not make is booked: %s", trade.pair, order["id"])
    bot.update_trade_state(trade, str(order["id"]), order)
    if trade.is_open:
        # Its stop is too large now: Freqtrade places another one for what is left.
        bot.cancel_stoploss_on_exchange(trade)


def _of_trade(order: dict[str, Any], trade: Trade) -> dict[str, Any]:
    """Take the part of an order that closed a trade: a manual one may open the other side with the rest."""
    if order["filled"] <= trade.amount:
        return order
    closed, rate = trade.amount, trade.fee_close or 0.0
    cost = (order.get("average") or order.get("price") or 0.0) * closed
    # Its own fee is for all of it; without one Freqtrade would compare its fills with the part.
    fee = {"cost": cost * rate, "currency": trade.stake_currency, "rate": rate}
    return order | {"amount": closed, "filled": closed, "cost": cost, "fee": fee}


def ask_again(trade: Trade) -> None:
    """Open an order in the book again where its trade does not know how it ended: Freqtrade's loop books it.

    Its start books an entry that ended while the bot was down, and leaves the trade to hold pair and slot.
    And it commits a fill before what the fill makes of the trade: a kill or a locked database between the
    two leaves a trade that nobody closes.
    """
    order = _unfilled_entry(trade) or _uncounted(trade)
    if order is not None:
        _as_open(order)
        Trade.commit()
        logger.warning("%s: how order %s ended is booked again", trade.pair, order.order_id)


def _unfilled_entry(trade: Trade) -> Order | None:
    """Return a trade's last entry where all of them ended unfilled."""
    entries = [order for order in trade.orders if order.ft_order_side == trade.entry_side]
    lives = any(order.ft_is_open or order.safe_filled for order in entries)
    return entries[-1] if entries and not lives and not trade.has_open_position else None


def _uncounted(trade: Trade) -> Order | None:
    """Return the order whose fill is missing in a trade's amount."""
    ended = [order for order in trade.orders if order.safe_filled and not order.ft_is_open]
    signs = [1 if order.ft_order_side == trade.entry_side else -1 for order in ended]
    fills = [sign * order.safe_amount_after_fee for sign, order in zip(signs, ended, strict=True)]
    missing, found = sum(fills) - trade.amount, zip(fills, ended, strict=True)
    return next((order for fill, order in found if abs(fill - missing) <= SAME * abs(fill)), None)


def _as_open(order: Order) -> Order:
    order.ft_is_open, order.status, order.filled = True, "open", 0.0
    return order


def _trade_of(bot: Any, intent: Intent, order: dict[str, Any]) -> Trade:
    """Make the trade that Freqtrade would have made of an entry's answer."""
    exchange, pair = bot.exchange, intent.pair
    fee = exchange.get_fee(symbol=pair, taker_or_maker="maker")
    stamp = order.get("timestamp")
    opened = datetime.fromtimestamp(stamp / 1000, UTC) if stamp else intent.sent_at
    trade = Trade(
        pair=pair,
        base_currency=exchange.get_pair_base_currency(pair),
        stake_currency=bot.config["stake_currency"],
        stake_amount=intent.amount * intent.price / intent.leverage,
        amount=0,
        is_open=True,
        amount_requested=intent.amount,
        fee_open=fee,
        fee_close=fee,
        open_rate=order.get("average") or intent.price,
        open_rate_requested=intent.price,
        open_date=opened,
        exchange=exchange.id,
        strategy=bot.strategy.get_strategy_name(),
        enter_tag=intent.tag or None,
        timeframe=timeframe_to_minutes(bot.config["timeframe"]),
        leverage=intent.leverage,
        is_short=intent.side == "sell",
        trading_mode=bot.trading_mode,
        funding_fees=0,
        amount_precision=exchange.get_precision_amount(pair),
        price_precision=exchange.get_precision_price(pair),
        precision_mode=exchange.precisionMode,
        precision_mode_price=exchange.precision_mode_price,
        contract_size=exchange.get_contract_size(pair),
    )
    trade.adjust_stop_loss(trade.open_rate, bot.strategy.stoploss, initial=True)
    return trade
