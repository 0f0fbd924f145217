"""What only a trading bot needs: checks before the start, guards, and reports to its trader."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from freqtrade.enums import RPCMessageType, RunMode
from freqtrade.persistence import Trade
from freqtrade.wallets import Wallets

from ict.desk.levels import LevelError
from ict.desk.safety import trades_real_money
from ict.desk.secrets import secrets_in
from ict_host.alerts import Alerts
from ict_host.book import equity_of
from ict_host.notices import Message, Notices
from ict_host.outbox import CLOSED, Outbox
from ict_host.parts import WithStart
from ict_host.presence import Presence
from ict_host.records import LevelRecords
from ict_host.redaction import install
from ict_host.refused import listen
from ict_host.reports import Reporter
from ict_host.seams.access import bot_of
from ict_host.start_error import refusing

if TYPE_CHECKING:
    from ict_host.guard import LiveGuard

logger = logging.getLogger("ICTObFvgStrategy")


class IctLive(WithStart):
    """The part of the strategy that a backtest does not see."""

    def __init__(self, config: dict[str, Any]) -> None:
        # First of all: no key and no webhook's address may reach a log.
        install(secrets_in(config))
        super().__init__(config)
        with refusing(config):
            self._reporter = Reporter(config)
        self._levels = LevelRecords(live=self._is_live)
        self._outbox: Outbox | None = None
        self._presence: Presence | None = None
        self._alerts: Alerts | None = None
        self._small_size_logged = False
        self._guard: LiveGuard | None = None

    def bot_start(self, **kwargs: Any) -> None:
        """Warn when real money is at risk, and report from now on what Freqtrade only logs."""
        if trades_real_money(self.config):
            logger.warning("MAINNET: orders go to Binance's production futures, with real money")
        if self._is_live:
            bot = bot_of(self.dp)
            self._outbox = Outbox(bot, self._reporter, self._levels)
            self._presence = Presence(
                bot, self._reporter, self._outbox.post, self._levels, self.params, self._equity
            )
            Notices(bot, self._listeners(self._presence))
            self._alerts = Alerts(self._reporter, self._outbox.post)
            listen(lambda text: self._reporter.fault(self.dp, text), self._loop_failed)
            for text in self.start_notes:
                logger.warning(text)
                self._reporter.fault(self.dp, text)
            self._guard_reloads()
            self._guard = self._guards()

    def _loop_failed(self) -> None:
        """Do the work at the end of a loop that Freqtrade aborted."""
        if self._outbox is not None:
            self._outbox.deliver()

    def _send_texts(self) -> None:
        if self._outbox is not None:
            self._outbox.send()

    def ft_bot_cleanup(self) -> None:
        """Send the waiting texts before the bot ends, and that it ends: Freqtrade would drop them."""
        if self._outbox is not None and self._presence is not None:
            self._outbox.deliver()
            self._presence.ended()
            self._outbox.deliver()
        super().ft_bot_cleanup()

    def _listeners(self, presence: Presence) -> dict[RPCMessageType, Callable[[Message], None]]:
        """Return the listener of each of Freqtrade's messages."""
        return {RPCMessageType.STATUS: presence.on_status, RPCMessageType.EXCEPTION: presence.on_error}

    def _guard_reloads(self) -> None:
        from ict_host.reload import guard_reloads

        guard_reloads()

    def _guards(self) -> "LiveGuard | None":
        # Not for a backtest: with Freqtrade's worker it takes longer to import than all the rest.
        from ict_host.guard import LiveGuard
        from ict_host.one_entry import refuse_further_entries
        from ict_host.paid_funding import KnownFunding

        guard, bot = None, bot_of(self.dp)
        if self.config["runmode"] == RunMode.LIVE:
            guard = LiveGuard(self.dp, self._levels, self._reporter, self.params, self._send_texts)
        else:
            KnownFunding(bot)
        refuse_further_entries(bot.exchange)
        return guard

    def bot_loop_start(self, current_time: datetime, **kwargs: Any) -> None:
        """Say that the bot runs, and compare what the exchange holds with the book (BOOK-1)."""
        if self._presence is not None:
            self._presence.look(current_time)
        if self._guard:
            self._guard.look()
        super().bot_loop_start(current_time, **kwargs)

    def _post(self, text: str | None) -> None:
        if self._outbox is not None and text is not None:
            self._outbox.post(text)

    def _wallet(self) -> Wallets:
        if self.wallets is None:
            raise LevelError("equity and positions are not known without a wallet")
        return self.wallets

    def _equity(self) -> float:
        return equity_of(self._wallet())

    def _lock_after_close(self, trade: Trade, now: datetime) -> None:
        """Lock the pair for the candle, as Freqtrade does, but not where a stop was hit while it was down.

        The signal of the trade that has just ended must not open it again.
        """
        if not (trade.is_open or self._outbox is None or self._outbox.knows(trade, CLOSED)):
            self.lock_pair(trade.pair, now, reason="Auto lock")

    def _refuse(self, pair: str, side: str, reason: str) -> None:
        self._say("No %s on %s: %s", side, pair, reason)
        self._reporter.refused(self.dp, pair, side, reason)

    def _refuse_size(self, pair: str, side: str, reason: str) -> None:
        self._refuse(pair, side, reason)
        if not (self._is_live or self._small_size_logged):
            self._small_size_logged = True
            # With a small wallet this may be the reason for a backtest without trades.
            logger.warning("No %s on %s: %s; further ones like it are not reported", side, pair, reason)

    def _report_fault(self, text: str) -> None:
        logger.warning(text)
        if self._is_live:
            self._reporter.fault(self.dp, text)

    def _say(self, text: str, *values: object) -> None:
        # A backtest refuses thousands of entries, too many to log each.
        logger.log(logging.INFO if self._is_live else logging.DEBUG, text, *values)
