"""What a part of the strategy needs of the others, as protocols: no part imports another.

The strategy lists its parts, from the one that Freqtrade's calls meet first to Freqtrade's own class. Each
is a plain class: what inherits from `IStrategy` would be listed as a strategy. To a type checker each is one
that has what its protocol names, so that `super()` is checked as well.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from freqtrade.strategy import IStrategy

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from freqtrade.enums import RPCMessageType
    from freqtrade.persistence import Order, Trade
    from freqtrade.wallets import Wallets
    from pandas import DataFrame

    from ict.desk.limits.facts import Account, Reached
    from ict.desk.plan import Signal
    from ict.pair_groups import PairGroups
    from ict.params import Params
    from ict.setups.entries import FindEntries
    from ict.words.trades import SetupFacts
    from ict_host.account import AccountLimits
    from ict_host.alerts import Alerts
    from ict_host.calendar import Calendar
    from ict_host.contracts import Ticks
    from ict_host.guard import LiveGuard
    from ict_host.notices import Message
    from ict_host.outbox import Outbox
    from ict_host.presence import Presence
    from ict_host.records import LevelRecords
    from ict_host.reports import Reporter
    from ict_host.signals import IsSpent, Signals
    from ict_host.wanted import Wanted


class Settings(Protocol):
    """The settings in force, and those that the start reads."""

    _at_start: Params
    _groups: PairGroups

    def params(self) -> Params:
        """Return the settings in force."""
        ...

    def params_of(self, pair: str) -> Params:
        """Return a pair's settings in force."""
        ...

    def _values(self) -> Params: ...
    def _longest_memory(self) -> Params: ...


class Started(Settings, Protocol):
    """How the strategy was started."""

    _is_live: bool
    start_notes: list[str]


class Live(Started, Protocol):
    """What watches over the bot's trades, and what is said of them."""

    _reporter: Reporter
    _levels: LevelRecords
    _outbox: Outbox | None
    _alerts: Alerts | None
    _guard: LiveGuard | None

    def _loop_failed(self) -> None: ...
    def _listeners(self, presence: Presence) -> dict[RPCMessageType, Callable[[Message], None]]: ...
    def _post(self, text: str | None) -> None: ...
    def _wallet(self) -> Wallets: ...
    def _equity(self) -> float: ...
    def _lock_after_close(self, trade: Trade, now: datetime) -> None: ...
    def _refuse(self, pair: str, side: str, reason: str) -> None: ...
    def _refuse_size(self, pair: str, side: str, reason: str) -> None: ...
    def _report_fault(self, text: str) -> None: ...
    def _say(self, text: str, *values: object) -> None: ...


class Entries(Live, Protocol):
    """What decides on an entry: its signals, its times and its money."""

    find_entries: FindEntries
    _wanted: Wanted
    _signals: dict[str, Signals | None]
    _ticks: Ticks
    _rests: bool
    _limits: AccountLimits
    _user_data: Path
    _calendar: Calendar

    @property
    def _candle(self) -> timedelta: ...
    def _calendar_of(self, pair: str) -> Calendar: ...
    def _spent(self, pair: str, side: str) -> IsSpent: ...
    def _account(
        self,
        pair: str,
        signal: Signal,
        at: datetime,
        rate: float,
        amount: float,
        own_trade: int | None = None,
    ) -> Account: ...
    def _end_entries(self, pair: str, reached: Reached, account: Account) -> None: ...
    def _planned(self, trade: Trade) -> tuple[float, float]: ...
    def _find_signals(self, pair: str, frame: DataFrame, params: Params) -> Signals | None: ...
    def _signal_of(self, trade: Trade, order: Order) -> Signal: ...
    def _signal(self, pair: str, side: str, at: datetime) -> Signal: ...
    def _signals_on(self, pair: str) -> Signals: ...
    def _tags(self, pair: str, signals: Signals) -> npt.NDArray[np.object_]: ...
    def _setup(self, trade: Trade, signal: Signal, at: datetime) -> SetupFacts | None: ...


if TYPE_CHECKING:

    class Part(IStrategy):
        """A part that needs Freqtrade alone."""

    class WithSettings(IStrategy, Settings):
        """A part that needs the settings."""

    class WithStart(IStrategy, Started):
        """A part that needs to know how the strategy was started."""

    class WithLive(IStrategy, Live):
        """A part that needs what watches over trades."""

    class WithEntries(IStrategy, Entries):
        """A part that needs what decides on an entry."""

else:
    # Of this name: hyperopt pickles the modules of all bases up to it by value, and above `object` would be
    # Python's own builtins, which no worker can be sent.
    Part = WithSettings = WithStart = WithLive = WithEntries = type("IStrategy", (), {"__doc__": __doc__})
