"""The account's limits on Freqtrade: the state of book and wallet at an entry, and what was reported."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from freqtrade.persistence import KeyStoreKeys, KeyValueStore, Trade

from ict.desk.limits.account import earliest
from ict.desk.limits.facts import Account, Cause, OpenRisk
from ict.desk.limits.periods import day_start
from ict.params import Params
from ict_host.book import PastEquity, open_risk_of, results, trades_between

FUTURE = datetime.max.replace(tzinfo=UTC)
REPORTED_KEY = "ict_told_{}"


class AccountLimits:
    """Checks the limits of the account (RISK-2 to RISK-7) for an entry.

    Parameters
    ----------
    config : Mapping
        Freqtrade's configuration.
    transferred : Callable or None
        See `PastEquity`.
    planned : Callable
        Gives price and stop that a resting order was planned with.
    live : bool
        Whether trades are in a database.
    """

    def __init__(
        self,
        config: Mapping[str, Any],
        transferred: Callable[[datetime], float] | None,
        planned: Callable[[Trade], tuple[float, float]],
        *,
        live: bool,
    ) -> None:
        self._past, self._planned, self._live = PastEquity(config, transferred), planned, live

    def account(
        self,
        now: datetime,
        entry: OpenRisk,
        *,
        equity: float,
        fees: tuple[float, float],
        candle: timedelta,
        params: Params,
        own_trade: int | None = None,
    ) -> Account:
        """Collect what the limits need to know.

        Parameters
        ----------
        now : datetime
            Timezone-aware.
        entry : OpenRisk
            The entry in question.
        equity : float
            Realised equity that the bot may use, in the stake currency.
        fees : tuple[float, float]
            Of its entry and of its exit, ratios of the notional.
        candle : timedelta
            Length of the strategy's.
        params : Params
            Settings in force.
        own_trade : int, optional
            Freqtrade's trade of an entry that rests already: it does not count beside itself.
        """
        since = earliest(params, now)
        trades = tuple(trades_between(since, FUTURE, live=self._live, without=own_trade))
        open_trades = cast("list[Trade]", Trade.get_trades_proxy(is_open=True))
        others = [trade for trade in open_trades if trade.id != own_trade]
        # A set capital grows when a trade is closed as a whole; the limits count its parts at once.
        parts = sum(trade.realized_profit or 0.0 for trade in others) if self._past.is_set else 0.0
        return Account(
            now=now,
            equity=equity,
            equity_at=lambda start: self._past.at(start, equity + parts, trades),
            share=self._past.share,
            trades=trades,
            results=results(live=self._live),
            open_risks=tuple(open_risk_of(trade, self._planned) for trade in others),
            entry=entry,
            fees=fees,
            candle=candle,
        )


def is_news(cause: Cause, now: datetime) -> bool:
    """Whether a limit was not reported on this UTC day yet, across restarts; from now on it was."""
    return is_new(cause, day_start(now).date().isoformat())


def is_new(what: str, period: str) -> bool:
    """Whether something was not reported in a period yet, across restarts; from now on it was.

    Parameters
    ----------
    what : str
        Name of it.
    period : str
        Name of the period, such as a day.
    """
    key = cast("KeyStoreKeys", REPORTED_KEY.format(what))
    if KeyValueStore.get_string_value(key) == period:
        return False
    KeyValueStore.store_value(key, period)
    return True
