"""The exchange's whole state in one place."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from loopback import errors
from loopback.account.engine import Engine
from loopback.account.placing import Placing
from loopback.account.state import Account
from loopback.clock import Clock, WallClock
from loopback.faults import Faults
from loopback.market.source import Market
from loopback.market.view import MarketView
from loopback.record import Record
from loopback.settings import Settings
from loopback.symbols import SPECS, SymbolSpec
from loopback.weights import Limits

# Freqtrade's check for contracts about to end compares every contract with this one.
ALWAYS_LISTED = "BTCUSDT"


@dataclass
class Exchange:
    """A market, a clock, one account and the record of requests.

    Parameters
    ----------
    source
        The candles, past and to come.
    clock
        The exchange's time.
    record
        Receives requests and refusals.
    settings
        The account's owner, its balance and the limits.
    stamp_clock
        Time with which clients' stamps are compared. They use this machine's time, which an exchange that
        runs in another year must accept as its own.
    """

    source: Market
    clock: Clock = field(default_factory=WallClock)
    record: Record = field(default_factory=Record)
    settings: Settings = field(default_factory=Settings)
    stamp_clock: Clock = field(default_factory=WallClock)

    def __post_init__(self) -> None:
        self.market = MarketView(self.source, self.clock)
        listed = {ALWAYS_LISTED, *self.source.symbols}
        numbered = (name for name in self.source.symbols if name not in SPECS)
        names = (*(name for name in SPECS if name in listed), *numbered)
        self.specs: dict[str, SymbolSpec] = {name: SPECS[name] for name in names}
        self.account = Account(self.settings.balance, self.clock.now_ms())
        self.engine = Engine(self.account, self.settings, self.market)
        self.placing = Placing(self.account, self.engine, self.settings)
        self.faults = Faults()
        self.limits = Limits(self.settings, self.stamp_clock)
        self.shift_ms = 0
        self._lock = threading.RLock()

    @contextmanager
    def settled(self) -> Iterator[int]:
        """Settle and lock the account; yields the exchange's time in milliseconds UTC."""
        with self._lock:
            yield self.engine.settle()

    def stamp_ms(self) -> int:
        """Return the time with which clients' stamps are compared, in milliseconds UTC."""
        return self.stamp_clock.now_ms() + self.shift_ms

    def trading_spec(self, symbol: str) -> SymbolSpec:
        """Return a contract that is trading.

        Raises
        ------
        BinanceError
            If it is not listed, or before its first candle.
        """
        if symbol not in self.specs:
            raise errors.invalid_symbol()
        if not self.market.has_started(symbol):
            raise errors.not_trading()
        return self.specs[symbol]

    def trading_specs(self) -> list[SymbolSpec]:
        """Return all contracts that are trading."""
        return [spec for name, spec in self.specs.items() if self.market.has_started(name)]
