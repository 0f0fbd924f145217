"""The comparison of exchange and book on the live bot: its timing, its actions and its reports."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Mapping
from typing import Any

from freqtrade.exceptions import FreqtradeException, InvalidOrderException
from freqtrade.persistence import Order, Trade

from ict.desk.reconcile import SAME, Act, Finding, Kind, Policy, RestingOrder, reconcile
from ict.params import Params
from ict.words.findings import Action, FindingFacts
from ict_host import found_again
from ict_host.gate import OrderGate
from ict_host.intents import OWN_PREFIX, Intents, Purpose, State
from ict_host.overdue import Overdue
from ict_host.seams.access import ccxt_of, exit_lock
from ict_host.sides import SIDES
from ict_host.snapshot import booked, held_on, is_dual_side

logger = logging.getLogger(__name__)

LOOK_SECONDS, MODES_SECONDS, AGAIN_SECONDS = 10.0, 60.0, 3600.0
# Differences that Freqtrade's own loop may be about to resolve: they count when seen twice.
SEEN_TWICE = frozenset({Kind.NO_RESTING_STOP, Kind.TRADE_WITHOUT_POSITION, Kind.SIZES_DIFFER})

Key = tuple[Any, ...]


class Reconciler:
    """Compares the exchange with the book, at most every ten seconds unless something is wrong.

    Parameters
    ----------
    bot
        Freqtrade's bot.
    gate : OrderGate
        Where orders are looked up.
    intents : Intents
        Orders that were written down.
    overdue : Overdue
        What counts how long a position may be without a stop.
    params : Callable
        Returns the current settings.
    report : Callable
        Takes what was found.
    """

    def __init__(
        self,
        bot: Any,
        gate: OrderGate,
        intents: Intents,
        overdue: Overdue,
        params: Callable[[], Params],
        report: Callable[[FindingFacts], None],
    ) -> None:
        self._bot, self._gate, self._intents, self._params, self._report = bot, gate, intents, params, report
        self._overdue = overdue
        self._looked = self._asked_modes = -float("inf")
        self._dual_side = False
        # Something failed, or has to be seen twice: the next loop looks again.
        self._hurried = True
        self._seen: set[Key] = set()
        # When each finding was reported, by pair and kind.
        self._reported: dict[Key, float] = {}
        self._stopped: dict[str | None, str] = {None: _why(None, "not_compared")}

    # For entries

    def stops_entry(self, pair: str) -> str | None:
        """Say why no entry may be made on a pair; None where both sides agree."""
        own = self._stopped.get(pair) or self._stopped.get(None)
        if own is None and self._params().fail_closed:
            own = next(iter(self._stopped.values()), None)
        return own

    def differs_on(self, pair: str) -> bool:
        """Whether both sides differ on a pair itself."""
        return pair in self._stopped

    @property
    def differs(self) -> str | None:
        """What exchange and book do not agree on; None where they agree."""
        return next(iter(self._stopped.values()), None)

    def stop_overdue(self, pair: str) -> None:
        """Stop entries and report a position that may be without a stop; the loop hangs meanwhile.

        From another thread: the dictionaries are replaced, since the loop may be reading them.
        """
        key = ("stop_overdue", pair)
        if (Kind.NO_RESTING_STOP, pair) in self._reported or key in self._reported:
            return
        self._stopped = {**self._stopped, pair: _why(pair, "stop_overdue")}
        self._reported = {**self._reported, key: time.monotonic()}
        self._report(
            FindingFacts(pair=pair, finding="stop_overdue", action=(self._stops(pair), "asks_again"))
        )

    # Looks

    def start(self) -> None:
        """Book orders that were sent but never booked, before Freqtrade's own start."""
        try:
            self._settle_intents()
        except Exception as error:
            self._failed(error)

    def look(self) -> None:
        """Compare, act and report, if it is time."""
        now = time.monotonic()
        try:
            if not self._is_due(now):
                return
            self._looked = now
            with exit_lock(self._bot):
                self._compare(now)
        except Exception as error:
            Trade.rollback()
            self._failed(error)

    def _is_due(self, now: float) -> bool:
        if self._hurried or self._overdue.is_counting or now - self._looked >= LOOK_SECONDS:
            return True
        # After a part of a trade, unless its stop had to stay in the last look.
        agreed = [] if None in self._stopped else Trade.get_open_trades()
        return any(stops_for_more(trade) for trade in agreed if trade.pair not in self._stopped)

    def _compare(self, now: float) -> None:
        unclear = self._settle_intents()
        for trade in Trade.get_open_trades():
            found_again.ask_again(trade)
        if now - self._asked_modes >= MODES_SECONDS:
            self._dual_side, self._asked_modes = is_dual_side(self._bot.exchange), now
        book, policy = booked(Trade.get_open_trades(), self._planned_stop), self._policy()
        pairs = {*policy.pairs, *(trade.pair for trade in book)}
        found = reconcile(held_on(self._bot.exchange, pairs, self._dual_side), book, policy)
        sure = [row for row in found if row.kind not in SEEN_TWICE or row.key in self._seen]
        self._seen = {row.key for row in found}
        # A reported finding that can't be corrected is checked no more often than agreement.
        self._hurried = bool(unclear) or any((row.kind, row.pair) not in self._reported for row in found)
        # Where it differs in another way than before, nothing is believed yet, and nothing resumes.
        changed = {row.pair for row in found} - {row.pair for row in sure}
        self._stopped = {pair: why for pair, why in self._stopped.items() if pair in changed}
        self._stopped |= {row.pair: _why(row.pair, row.kind) for row in sure}
        self._stopped |= {pair: _why(pair, "intent_unclear") for pair in unclear}
        for row in sure:
            self._act_on(row)
        self._overdue.end_all_but(differ := {row.pair for row in found})
        lasting: set[Key] = {(row.kind, row.pair) for row in sure}
        lasting |= {key for key in self._reported if key[1] in changed}
        self._say_agreed(lasting | self._say_unclear(unclear) | self._say_unseen())
        self._fit_stops(differ)

    def _fit_stops(self, differ: Collection[str | None]) -> None:
        """Cancel a stop for more than its trade: Freqtrade places one for the rest, later in this loop.

        By itself it leaves the stop of the whole position after a partial exit. Where both sides differ the
        stop stays: what the book has too little of would lose it.
        """
        for trade in Trade.get_open_trades():
            if trade.pair in differ or None in differ or trade.has_open_orders:
                continue
            if stops_for_more(trade):
                try:
                    self._bot.cancel_stoploss_on_exchange(trade)
                except FreqtradeException as error:
                    # It only reduces; both sides were compared, and the other trades' stops come next.
                    logger.warning("%s: a stop for more than its trade stays: %s", trade.pair, error)
                    self._hurried = True

    def _planned_stop(self, trade: Trade) -> float | None:
        return (self._gate.plan_of(trade) or {}).get("stop")

    def _policy(self) -> Policy:
        # Oldest first, so the newest of a pair and side counts.
        newest = {(row.pair, 1 if row.side == "buy" else -1): row for row in self._intents.entries()}
        # A booked order's trade has come and gone: a position without a trade is not its.
        stops = {
            key: row.plan["stop"]
            for key, row in newest.items()
            if Order.order_by_id(row.order_id, row.pair) is None
        }
        traded = [*self._bot.active_pair_whitelist, *self._bot.config["exchange"]["pair_whitelist"]]
        pairs = dict.fromkeys([*traded, *(pair for pair, _ in newest)])
        return Policy(self._params().adopt_orphans, stops, tuple(pairs))

    def _settle_intents(self) -> dict[str, str]:
        """Book sent orders that are found now; return unclear entries, by pair."""
        unclear = {}
        for intent in self._intents.open():
            order = self._gate.resolve(intent)
            if order is not None:
                found_again.book(self._bot, intent, order)
                self._intents.answered(intent, State.SETTLED, str(order["id"]))
            elif intent.purpose is Purpose.ENTRY:
                unclear[intent.pair] = intent.client_id
        still = {intent.pair for intent in self._intents.open() if intent.state is State.SENT}
        return {pair: client_id for pair, client_id in unclear.items() if pair in still}

    # Acts

    def _act_on(self, row: Finding) -> None:
        logger.warning("Exchange and book differ: %s", row)
        done: tuple[str, ...] = ()
        try:
            done = _ACTS[row.act](self, row)
        except FreqtradeException as error:
            logger.warning("%s: the correction failed: %s", row.pair, error)
        facts = FindingFacts(
            pair=row.pair,
            finding=row.kind.value,
            action=(*done, self._stops(row.pair)),  # type: ignore[arg-type]
            held=row.held,
            booked=row.booked,
            stop_price=row.stop or None,
            order=", ".join(order.order_id for order in row.orders),
        )
        self._say(row.kind, row.pair, facts)

    def _stops(self, pair: str | None) -> Action:
        """Which entries a difference on a pair stops."""
        return "all_stopped" if pair is None or self._params().fail_closed else "pair_stopped"

    def _nothing(self, row: Finding) -> tuple[str, ...]:
        return ()

    def _cancel(self, row: Finding) -> tuple[str, ...]:
        for order in row.orders:
            self._cancel_one(order)
        return ("order_cancelled",)

    def _cancel_one(self, order: RestingOrder) -> None:
        params = {"stop": True} if order.is_conditional else {}
        try:
            self._bot.exchange.cancel_order(order.order_id, order.pair, params)
        except InvalidOrderException as error:
            logger.info("%s: order %s is gone: %s", order.pair, order.order_id, error)
        _ended_in_book(order.pair, order.order_id)

    def _protect(self, row: Finding) -> tuple[str, ...]:
        newest = self._intents.newest_entry(row.pair or "")
        try:
            self._bot.exchange.create_stoploss(
                pair=row.pair, amount=row.amount, stop_price=row.stop,
                order_types=self._bot.strategy.order_types, side="sell" if row.direction > 0 else "buy",
                leverage=newest.leverage if newest else 1.0,
            )  # fmt: skip
        except InvalidOrderException as error:
            # The price is beyond the stop already: close the position now.
            logger.warning("%s: the stop is refused: %s", row.pair, error)
            return self._close(row)
        return ("stop_placed",)

    def _close(self, row: Finding) -> tuple[str, ...]:
        exchange, side = self._bot.exchange, "sell" if row.direction > 0 else "buy"
        rate = exchange.get_rate(row.pair, refresh=True, side="exit", is_short=row.direction < 0)
        exchange.create_order(
            pair=row.pair, ordertype="market", side=side, amount=row.amount, rate=rate, leverage=1.0,
            reduceOnly=True,
        )  # fmt: skip
        return ("position_closed",)

    def _recover(self, row: Finding) -> tuple[str, ...]:
        """Book the account's own orders that reduced a position and are not the bot's."""
        trade = _trade(row)
        before = trade.amount
        # A position of the other side is none of the trade's.
        left = max(SIDES[trade.trade_direction] * row.held, 0.0)
        for order in self._bot.exchange.fetch_orders(trade.pair, trade.open_date_utc):
            if trade.is_open and trade.amount > left and _is_foreign_exit(order, trade):
                found_again.book_exit(self._bot, trade, order)
        return () if trade.is_open and trade.amount == before else ("close_recorded",)

    def _replace_stop(self, row: Finding) -> tuple[str, ...]:
        """Let Freqtrade place the stop again, later in this loop."""
        trade = _trade(row)
        resting = {order.order_id: order for order in row.orders}
        for order in list(trade.open_sl_orders):
            if order.order_id in resting:
                self._cancel_one(resting[order.order_id])
            elif not self._has_fired(order):
                _ended_in_book(order.ft_pair, order.order_id)
        return ()

    def _has_fired(self, order: Order) -> bool:
        """Whether a stop that no longer rests has been triggered: Freqtrade books that by itself."""
        asked = {"stop": True}
        try:
            found = ccxt_of(self._bot.exchange).fetch_order(order.order_id, order.ft_pair, params=asked)
        except Exception as error:
            logger.warning("%s: its stop can't be looked up: %s", order.ft_pair, error)
            return False
        fired: bool = found.get("status") == "closed"
        return fired

    # Words

    def _failed(self, error: Exception) -> None:
        logger.warning("The exchange could not be compared with the book: %s", error)
        self._hurried = True
        self._stopped.setdefault(None, _why(None, "lookup_failed"))
        facts = FindingFacts(
            pair=None, finding="lookup_failed", action=("all_stopped", "asks_again"), detail=str(error)
        )
        self._say("lookup_failed", None, facts)

    def _say_unclear(self, unclear: Mapping[str, str]) -> set[Key]:
        for pair, client_id in unclear.items():
            facts = FindingFacts(pair=pair, finding="intent_unclear", action=("asks_again",), order=client_id)
            self._say("intent_unclear", pair, facts)
        return {("intent_unclear", pair) for pair in unclear}

    def _say_unseen(self) -> set[Key]:
        unseen = [trade for trade in Trade.get_open_trades() if trade.id in self._gate.unseen]
        for trade in unseen:
            facts = FindingFacts(
                pair=trade.pair,
                finding="stop_unseen",
                action=("price_watched",),
                stop_price=trade.stop_loss,
                order=", ".join(order.order_id for order in trade.open_sl_orders),
                detail=self._gate.unseen[trade.id],
            )
            self._say("stop_unseen", trade.pair, facts)
        return {("stop_unseen", trade.pair) for trade in unseen}

    def _say(self, kind: str, pair: str | None, facts: FindingFacts) -> None:
        """Report it at once, and again each hour while it lasts."""
        key, now = (kind, pair), time.monotonic()
        if now - self._reported.get(key, -AGAIN_SECONDS) >= AGAIN_SECONDS:
            self._reported[key] = now
            self._report(facts)

    def _say_agreed(self, lasting: set[Key]) -> None:
        over = self._reported.keys() - lasting
        for key in over:
            del self._reported[key]
        left = {pair for _, pair in self._reported}
        for pair in {pair for _, pair in over} - left:
            if pair is not None or not left:
                action = () if self._stopped else ("entries_resume",)
                self._report(FindingFacts(pair=pair, finding="agree_again", action=action))  # type: ignore[arg-type]


def stops_for_more(trade: Trade) -> list[Order]:
    """List the stops of a trade that are for more than what is left of it."""
    most = trade.amount * (1 + SAME)
    return [order for order in trade.open_sl_orders if order.safe_amount > most]


def _why(pair: str | None, kind: str) -> str:
    return f"no entry until exchange and book agree on {pair or 'the account'}: {kind.replace('_', ' ')}"


def _is_foreign_exit(order: dict[str, Any], trade: Trade) -> bool:
    """Whether an order reduced a trade's position and is neither in the book nor what a stop of it became."""
    ours = str(order.get("clientOrderId")).startswith(OWN_PREFIX)
    reduces = order["side"] == trade.exit_side and order.get("filled")
    return bool(reduces) and not ours and Order.order_by_id(str(order["id"]), trade.pair) is None


def _trade(row: Finding) -> Trade:
    return Trade.get_trades([Trade.id == row.trade_id]).one()


def _ended_in_book(pair: str, order_id: str) -> None:
    order = Order.order_by_id(order_id, pair)
    # The exchange's list may be older than the book: what has filled stays filled.
    if order is not None and order.ft_is_open:
        order.ft_is_open, order.status = False, "canceled"
        Trade.commit()


_ACTS: dict[Act, Callable[[Reconciler, Finding], tuple[str, ...]]] = {
    Act.NOTHING: Reconciler._nothing,
    Act.CANCEL: Reconciler._cancel,
    Act.PROTECT: Reconciler._protect,
    Act.CLOSE: Reconciler._close,
    Act.RECOVER: Reconciler._recover,
    Act.REPLACE_STOP: Reconciler._replace_stop,
}
