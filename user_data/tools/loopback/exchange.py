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
    """A market, a clock, one account and the record of what was asked.

    Parameters
    ----------
    source
        The candles, past and to come.
    clock
        What time it is on the exchange.
    record
        What was asked and refused.
    settings
        The account's owner, its balance and the limits.
    stamp_clock
        What clients' time stamps are compared with. They stamp with this machine's time, which an exchange
        that lives in another year has to take for its own.
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
        """Hold the account still after everything up to now has happened; gives now in milliseconds UTC."""
        with self._lock:
            yield self.engine.settle()

    def stamp_ms(self) -> int:
        """Return what the exchange takes for the clients' time, in milliseconds UTC."""
        return self.stamp_clock.now_ms() + self.shift_ms

    def trading_spec(self, symbol: str) -> SymbolSpec:
        """Return a contract that trades.

        Raises
        ------
        BinanceError
            If it is not listed, or its first candle is still to come.
        """
        if symbol not in self.specs:
            raise errors.invalid_symbol()
        if not self.market.has_started(symbol):
            raise errors.not_trading()
        return self.specs[symbol]

    def trading_specs(self) -> list[SymbolSpec]:
        """Return all contracts that trade."""
        return [spec for name, spec in self.specs.items() if self.market.has_started(name)]
