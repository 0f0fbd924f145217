"""What guards a bot that trades on an exchange: the gate, the loop and the reconciler."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from freqtrade.data.dataprovider import DataProvider
from freqtrade.exceptions import ExchangeError
from freqtrade.persistence import Trade

from ict.params import Params
from ict.words.findings import FindingFacts
from ict_host.exit_fees import ExitFees
from ict_host.exit_prices import guard_exit_prices
from ict_host.gate import OrderGate
from ict_host.intents import Intents
from ict_host.loop import Loop
from ict_host.overdue import Overdue
from ict_host.paid_funding import PaidFunding
from ict_host.reconciler import Reconciler, stops_for_more
from ict_host.records import LevelRecords
from ict_host.refused import Hourly
from ict_host.reports import Reporter
from ict_host.seams import access, messages
from ict_host.sides import SIDES

logger = logging.getLogger(__name__)

THROTTLE_SECONDS = 5.0  # Freqtrade's own default


class LiveGuard:
    """Installs the guards around a running bot.

    Parameters
    ----------
    dp : DataProvider
        The strategy's.
    levels : LevelRecords
        Stop and target of each trade.
    reporter : Reporter
        Where findings are reported.
    params : Callable
        Returns the current settings.
    send : Callable
        Sends the texts that wait, from any thread and without the database.
    """

    def __init__(
        self,
        dp: DataProvider,
        levels: LevelRecords,
        reporter: Reporter,
        params: Callable[[], Params],
        send: Callable[[], None],
    ) -> None:
        self._dp, self._levels, self._reporter = dp, levels, reporter
        self._hourly, self._send = Hourly(), send
        bot, intents = access.bot_of(dp), Intents(access.database())
        throttle = bot.config.get("internals", {}).get("process_throttle_secs", THROTTLE_SECONDS)
        self._overdue = Overdue(self._stop_overdue)
        loop = Loop(bot, throttle, self._needs_a_loop, self._trouble)
        self._gate = OrderGate(bot.exchange, intents, loop.holding, self._planned_stop, self._overdue)
        self._reconciler = Reconciler(bot, self._gate, intents, self._overdue, params, self._report)
        self._balances: str | None = None
        ExitFees(bot)
        self._funding = PaidFunding(bot, self._report)
        guard_exit_prices(bot.exchange)
        bot.wallets.update = partial(self._update_wallets, bot.wallets.update)
        self._reconciler.start()

    def look(self) -> None:
        """Compare exchange and book, if it is time, and correct what became known after a close."""
        self._reconciler.look()
        self._funding.look()

    def stops_entry(self, pair: str) -> str | None:
        """Say why no entry may be made on a pair; None where nothing speaks against it."""
        return self._balances or self._reconciler.stops_entry(pair)

    @property
    def awaits_stop(self) -> bool:
        """Whether a position waits for its stop, which Freqtrade places in the next loop, before entries."""
        return self._overdue.is_counting

    def differs_on(self, pair: str) -> bool:
        """Whether exchange and book differ on a pair itself: no entry may rest there."""
        return self._reconciler.differs_on(pair)

    @property
    def differs(self) -> str | None:
        """What stops entries, on whichever pair; None where nothing does."""
        return self._balances or self._reconciler.differs

    def plan(self, pair: str, plan: dict[str, Any], tag: str | None) -> None:
        """Keep the plan of the entry that follows."""
        self._gate.plan(pair, plan, tag)

    def plan_of(self, trade: Trade) -> dict[str, Any] | None:
        """Return the plan of a trade's entry; None where none was recorded."""
        return self._gate.plan_of(trade)

    def is_unseen(self, trade: Trade) -> bool:
        """Whether a trade's stop can't be looked up at present."""
        return trade.id in self._gate.unseen

    def _planned_stop(self, pair: str) -> float | None:
        trade = Trade.get_trades([Trade.pair == pair, Trade.is_open.is_(True)]).first()
        if trade is None:
            return None
        levels, plan = self._levels.of(trade), self._gate.plan_of(trade) or {}
        stop = levels.stop if levels else plan.get("stop")
        # A fill beyond its own stop ends at once by another rule.
        return stop if stop and SIDES[trade.trade_direction] * (trade.open_rate - stop) > 0 else None

    def _update_wallets(self, inner: Callable[[bool], None], require_update: bool = True) -> None:
        """Keep the last balances where there are no new ones: an exit needs none, an entry waits."""
        try:
            inner(require_update)
            self._balances = None
        except ExchangeError as error:
            self._balances = "no entry until the balances can be read again"
            logger.warning("The balances can't be read, the last ones are used: %s", error)

    def _needs_a_loop(self) -> bool:
        """Whether the next loop has to come at once, to place a stop or to see that one rests and fits."""
        return self.awaits_stop or _is_unprotected()

    def _stop_overdue(self, pair: str) -> None:
        """Stop entries and report, from another thread than the loop's."""
        self._reconciler.stop_overdue(pair)
        self._send()

    def _report(self, facts: FindingFacts) -> None:
        self._reporter.finding(self._dp, facts)

    def _trouble(self, kind: str, detail: str) -> None:
        """Report a fault of the loop, once an hour for each kind."""
        if self._hourly.is_due(kind, detail, time.monotonic()):
            if kind == "clock_jumped":
                self._report(FindingFacts(pair=None, finding="clock_jumped", action=(), detail=f"{detail} s"))
            else:
                self._reporter.fault(self._dp, detail)
        # A loop that failed does not come to its end, where Freqtrade would send it.
        bot = access.bot_of(self._dp)
        bot.rpc.process_msg_queue(messages.message_queue(bot))


def _is_unprotected() -> bool:
    """Whether a position has no stop, or one for more than itself."""
    held = [trade for trade in Trade.get_open_trades() if trade.has_open_position]
    return any(stops_for_more(trade) or not trade.has_open_sl_orders for trade in held)
