"""The gate that every order of a live bot goes through on its way to the exchange.

Each order is written down before it is sent (`Intents`), with a client order id; after an unclear answer the
exchange is asked by that id what became of it, so an answer that got lost costs nothing. The gate also holds
what Freqtrade alone would not: no entry without its planned stop, no first stop that is looser than the
planned one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import ccxt  # type: ignore[import-untyped]
from freqtrade.exceptions import (
    DependencyException,
    ExchangeError,
    InvalidOrderException,
    TemporaryError,
)
from freqtrade.persistence import Order, Trade

from ict_host.intents import Intent, Intents, Purpose, State
from ict_host.overdue import Overdue
from ict_host.refused import NOT_A_MAKER
from ict_host.seams.access import ccxt_of

logger = logging.getLogger(__name__)

# An order can reach the exchange late, but not later than the window that its time stamp allows (10 s).
LATEST_ARRIVAL = timedelta(seconds=15)
USUAL_WINDOW_MS = 10_000
# Our client id is used already: the request was repeated on its way, as by a proxy.
HAS_ARRIVED = '"code":-4116'
# Too many digits, no multiple of the tick, or of the step: Freqtrade reads them once an hour.
OFF_GRID = ('"code":-1111', '"code":-4014', '"code":-4023')
_ANSWERS = {"open", "closed", "canceled", "expired", "rejected"}

Call = Callable[..., Any]


class UnclearAnswerError(TemporaryError):
    """The outcome of an order is not known yet."""


class UnknownOrderError(ccxt.InvalidOrder):  # type: ignore[misc]
    """The exchange does not know an order that can't be on its way any more: asking again is of no use."""


class NoTimeToAskError(ccxt.InvalidOrder):  # type: ignore[misc]
    """A stop's look-up hangs, or is one too many: Freqtrade would repeat it for a minute."""


class OrderGate:
    """Intercepts Freqtrade's order calls to the exchange.

    Parameters
    ----------
    exchange
        Freqtrade's exchange; its calls are replaced.
    intents : Intents
        Where orders are written down.
    holding : Callable
        Makes the context in which a stop signal waits.
    planned_stop : Callable
        From a pair to the planned stop of its open trade, in the quote currency, or None.
    overdue : Overdue
        What counts how long a position may be without a stop.
    """

    def __init__(
        self,
        exchange: Any,
        intents: Intents,
        holding: Callable[[], AbstractContextManager[None]],
        planned_stop: Callable[[str], float | None],
        overdue: Overdue,
    ) -> None:
        self._intents = intents
        self._overdue = overdue
        self._holding = holding
        self._planned_stop = planned_stop
        self._plans: dict[str, tuple[dict[str, Any], str]] = {}
        self._current: Intent | None = None
        # Trades whose stop could not be looked up: why.
        self.unseen: dict[int, str] = {}
        self._client = ccxt_of(exchange)
        self._reload_markets: Call = exchange.reload_markets
        self._install(exchange)

    def _install(self, exchange: Any) -> None:
        client = self._client
        client.create_order = partial(self._send, client.create_order)
        client.fetch_order = partial(_look_up, client.fetch_order, client)
        client.fetch = partial(_checked_answer, client.fetch)
        exchange.create_order = partial(self._order, exchange.create_order)
        exchange.create_stoploss = partial(self._stop, exchange.create_stoploss)
        exchange.fetch_stoploss_order = partial(self._look_up_stop, exchange.fetch_stoploss_order)
        exchange.cancel_order = partial(self._cancel, exchange.cancel_order)
        exchange.cancel_order_with_result = partial(self._take_back, exchange.cancel_order_with_result)

    # Before an order

    def plan(self, pair: str, plan: dict[str, Any], tag: str | None) -> None:
        """Keep the plan of an entry on a pair, for the order that follows."""
        self._plans[pair] = plan, tag or ""

    def plan_of(self, trade: Trade) -> dict[str, Any] | None:
        """Return the plan that a trade's entry was sent with; None for a trade of an older release."""
        orders = [order.order_id for order in trade.orders]
        intent = self._intents.newest_entry(trade.pair, orders) if orders else None
        return intent.plan if intent else None

    # Freqtrade's calls

    def _order(self, call: Call, **given: Any) -> Any:
        pair, leaves = given["pair"], given.get("reduceOnly", False)
        plan, tag = ({}, "") if leaves else self._plans.pop(pair, ({}, ""))
        if not (leaves or plan):
            raise DependencyException(f"{pair}: no entry without a planned stop")
        intent = partial(
            Intent, purpose=Purpose.EXIT if leaves else Purpose.ENTRY, pair=pair, side=given["side"],
            amount=given["amount"], price=given["rate"], leverage=given["leverage"],
            order_type=given["ordertype"], tag=tag, plan=plan,
        )  # fmt: skip
        try:
            return self._through(intent, call, given)
        except InvalidOrderException as error:
            if isinstance(error.__cause__, ccxt.OrderNotFillable):
                raise InvalidOrderException(f"{pair}: {NOT_A_MAKER}") from error
            raise

    def _stop(self, call: Call, **given: Any) -> Any:
        pair, closes = given["pair"], 1 if given["side"] == "sell" else -1
        self._overdue.begin(pair)
        if planned := self._planned_stop(pair):
            given["stop_price"] = closes * max(closes * given["stop_price"], closes * planned)
        intent = partial(
            Intent, purpose=Purpose.STOP, pair=pair, side=given["side"], amount=given["amount"],
            price=given["stop_price"], leverage=given["leverage"],
        )  # fmt: skip
        return self._through(intent, call, given)

    def _through(self, intent: Callable[[], Intent], call: Call, given: dict[str, Any]) -> Any:
        """Send an order; once more where the exchange has changed the grid by which Freqtrade rounded it."""
        with self._holding():
            try:
                return self._recorded(intent(), call, given)
            except ExchangeError as error:
                if not any(code in str(error.__cause__) for code in OFF_GRID):
                    raise
                logger.warning("%s: off the exchange's grid, which is read again: %s", given["pair"], error)
                self._reload_markets(force=True)
                return self._recorded(intent(), call, given)

    def _recorded(self, intent: Intent, call: Call, given: dict[str, Any]) -> Any:
        if (earlier := self._earlier(intent)) is not None:
            return earlier
        self._write(intent)
        self._overdue.sent(intent)
        self._current = intent
        try:
            return call(**given)
        finally:
            if self._current is not None:
                # It failed before the order, as when the leverage can't be set: nothing was sent.
                self._note(intent, State.REFUSED)
            self._current = None

    def _cancel(self, call: Call, order_id: str, pair: str, *args: Any, **kwargs: Any) -> Any:
        with self._holding():
            if _protects(order_id, pair):
                self._overdue.begin(pair)
            return call(order_id, pair, *args, **kwargs)

    def _take_back(self, call: Call, order_id: str, pair: str, amount: float) -> Any:
        """Answer that an order still rests where that is not known: it is looked up again in the next loop.

        Freqtrade would give up the loop, with all exits that are due in it; or take the entry for cancelled,
        and forget a trade whose order may have filled.
        """
        error: Exception = UnclearAnswerError("it can't be looked up")
        try:
            order = call(order_id, pair, amount)
            if order.get("info"):
                return order
        except TemporaryError as unclear:
            error = unclear
        own = Order.order_by_id(order_id, pair)
        if own is None or own.ft_order_side != own.trade.entry_side:
            raise InvalidOrderException(str(error)) from error
        logger.warning("%s: the outcome of an entry's cancel is not known: %s", pair, error)
        return own.to_ccxt_object() | {"status": "open"}

    def _earlier(self, intent: Intent) -> Any:
        """Return an order of the same kind whose answer got lost, if it is found now."""
        for old in self._unclear(intent.pair, intent.purpose):
            found = self.resolve(old)
            if found is not None and not old.came_to_nothing(found):
                return found
            if self._still_unclear(old) and not self._may_repeat(intent):
                raise UnclearAnswerError(
                    f"{old.pair}: the outcome of the last {old.purpose} is not known yet"
                )
        return None

    def _unclear(self, pair: str, purpose: Purpose) -> list[Intent]:
        try:
            return [
                intent
                for intent in self._intents.open()
                if (intent.pair, intent.purpose, intent.state) == (pair, purpose, State.SENT)
            ]
        except Exception:
            logger.exception("The recorded orders can't be read")
            if purpose is Purpose.ENTRY:
                raise UnclearAnswerError(f"{pair}: the recorded orders can't be read") from None
            return []

    def _still_unclear(self, intent: Intent) -> bool:
        return any(row.client_id == intent.client_id for row in self._unclear(intent.pair, intent.purpose))

    @staticmethod
    def _may_repeat(intent: Intent) -> bool:
        """Whether sending it twice is safe: a stop, or a full exit, only reduces."""
        if intent.purpose is not Purpose.EXIT:
            return intent.purpose is Purpose.STOP
        whole = sum(trade.amount for trade in Trade.get_trades_proxy(pair=intent.pair, is_open=True))
        return intent.amount >= whole

    def _write(self, intent: Intent) -> None:
        try:
            self._intents.write(intent)
        except Exception as error:
            # An order that protects money is sent anyway; one that risks money is not.
            logger.exception("An order could not be recorded")
            if intent.purpose is Purpose.ENTRY:
                raise DependencyException(f"{intent.pair}: the entry can't be recorded: {error}") from error

    # ccxt's call

    def _send(self, call: Call, *args: Any, **kwargs: Any) -> Any:
        intent, self._current = self._current, None
        if intent is None:
            return call(*args, **kwargs)
        named = (
            dict(zip(("symbol", "type", "side", "amount", "price", "params"), args, strict=False)) | kwargs
        )
        named["params"] = {**named["params"], "clientOrderId": intent.client_id}
        try:
            order = call(**named)
        except Exception as error:
            return self._after_error(intent, error)
        if not is_order(order) or order.get("clientOrderId") != intent.client_id:
            text = f"the answer holds no order, or another one: {order!r:.200}"
            return self._after_error(intent, UnclearAnswerError(text))
        self._note(intent, State.ACCEPTED, str(order["id"]))
        return order

    def _after_error(self, intent: Intent, error: Exception) -> Any:
        if is_refusal(error):
            self._note(intent, State.REFUSED)
            raise error
        logger.warning("%s: the answer to an order is unclear, asking for it: %s", intent.pair, error)
        found = self.resolve(intent)
        if found is None:
            raise error if isinstance(error, ccxt.BaseError) else ccxt.BadResponse(str(error)) from error
        logger.warning("%s: the order had arrived, its id is %s", intent.pair, found["id"])
        return found

    def resolve(self, intent: Intent) -> Any:
        """Look up the outcome of an intent on the exchange, and record it.

        Returns
        -------
        dict or None
            ccxt's order; None where there is none, or it is not known yet (the intent then stays open).
        """
        asked = {"clientOrderId": intent.client_id} | (
            {"stop": True} if intent.purpose is Purpose.STOP else {}
        )
        try:
            order = self._client.fetch_order("", intent.pair, params=asked)
        except ccxt.OrderNotFound:
            late = datetime.now(UTC) - intent.sent_at > _latest_arrival(self._client)
            if late or intent.purpose is Purpose.STOP:
                self._note(intent, State.REFUSED)
            return None
        except Exception as error:
            logger.warning("%s: an order can't be looked up by its client id: %s", intent.pair, error)
            return None
        self._note(intent, State.ACCEPTED, str(order["id"]))
        return order

    def _note(self, intent: Intent, state: State, order_id: str = "") -> None:
        self._overdue.answered(intent, state)
        try:
            self._intents.answered(intent, state, order_id)
        except Exception:
            logger.exception("An order's answer could not be recorded")

    # A stop that can't be looked up

    def _look_up_stop(self, call: Call, order_id: str, pair: str, *args: Any, **kwargs: Any) -> Any:
        """Return the book's last state where the exchange does not answer: target and stop watch continue."""
        own = Order.order_by_id(order_id, pair)
        try:
            found = call(order_id, pair, *args, **kwargs)
        except (TemporaryError, InvalidOrderException) as error:
            if isinstance(error.__cause__, ccxt.OrderNotFound | UnknownOrderError):
                raise
            return self._as_last_seen(own, pair, error)
        if own is not None:
            self.unseen.pop(own.ft_trade_id, None)
        return found

    def _as_last_seen(self, own: Order | None, pair: str, error: Exception) -> Any:
        if own is None:
            raise error
        self.unseen[own.ft_trade_id] = str(error)
        logger.warning("%s: its stop can't be looked up, the price is watched: %s", pair, error)
        # Freqtrade leaves a triggered stop as it is: it must not replace an order that can't be looked up.
        state = {"side": own.side, "status": "open", "status_stop": "triggered"}
        return own.to_ccxt_object("stopPrice") | state


def _checked_answer(call: Call, *args: Any, **kwargs: Any) -> Any:
    """Reject an HTML page or a cut text as an answer: ccxt's reading of it would end the bot."""
    answer = call(*args, **kwargs)
    if not isinstance(answer, dict | list):
        raise ccxt.BadResponse(f"the exchange's answer is no JSON: {answer!r:.200}")
    return answer


def _latest_arrival(client: Any) -> timedelta:
    """Return after how long an order has arrived or never will: later where the window is set longer."""
    window = client.options.get("recvWindow", USUAL_WINDOW_MS)
    return LATEST_ARRIVAL + timedelta(milliseconds=max(window - USUAL_WINDOW_MS, 0))


def _look_up(call: Call, client: Any, order_id: str, pair: str, *args: Any, **kwargs: Any) -> Any:
    """Return an order; Freqtrade waits 35 s for one that is not found, before it looks at any other trade."""
    try:
        order = call(order_id, pair, *args, **kwargs)
    except ccxt.OrderNotFound as error:
        own = Order.order_by_id(order_id, pair)
        if own is None or datetime.now(UTC) - own.order_date_utc <= _latest_arrival(client):
            raise
        raise UnknownOrderError(str(error)) from error
    except (ccxt.DDoSProtection, ccxt.RequestTimeout) as error:
        own = Order.order_by_id(order_id, pair)
        if own is None or own.ft_order_side != "stoploss":
            raise
        # The next loop asks again; until then the price is watched.
        raise NoTimeToAskError(str(error)) from error
    if not is_order(order):
        raise ccxt.BadResponse(f"the exchange's answer holds no order: {order!r:.200}")
    return order


def _protects(order_id: str, pair: str) -> bool:
    """Whether an order is the stop of an open trade; a database that can't be read does not say no."""
    try:
        with Trade.session.no_autoflush:
            own = Order.order_by_id(order_id, pair)
            return own is not None and own.ft_order_side == "stoploss" and own.trade.is_open
    except Exception:
        logger.exception("%s: whether order %s is a trade's stop is not known", pair, order_id)
        return True


def is_order(answer: Any) -> bool:
    """Whether an answer of ccxt is an order, with an id and a state."""
    if not isinstance(answer, dict):
        return False
    number = answer.get("id")
    return bool(number) and str(number) not in ("None", "0") and answer.get("status") in {*_ANSWERS, None}


def is_refusal(error: Exception) -> bool:
    """Whether an error says that an order was refused; any other error leaves its outcome open."""
    clear = isinstance(error, ccxt.ExchangeError) and type(error) is not ccxt.ExchangeError
    return clear and not (isinstance(error, ccxt.DuplicateOrderId) or HAS_ARRIVED in str(error))
