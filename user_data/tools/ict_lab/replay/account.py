"""The money of a backtest."""

from __future__ import annotations

import math
from dataclasses import dataclass

# A backtest does not ask the strategy for it: the stop of an entry, and of what a part leaves open.
ENTRY_STOP, PART_STOP = 0.05, 0.1


@dataclass(frozen=True)
class Account:
    """What a backtest may spend.

    Attributes
    ----------
    balance : float
        Wallet at the start, in the stake currency.
    slots : float
        Positions that may be open at once.
    balance_ratio : float
        Share of the wallet that may be used.
    stake : float
        Margin of a position at the most; infinite where the slots share the wallet.
    liquidation_buffer : float
        Part of the way by which Freqtrade closes before a liquidation.
    reserve : float
        Part by which Freqtrade wants a position above the exchange's minimum.
    capital : float or None
        What may be used besides the profits of closed trades (`available_capital`), in the stake currency;
        None where it is the share.
    """

    balance: float
    slots: float
    balance_ratio: float = 1.0
    stake: float = math.inf
    liquidation_buffer: float = 0.05
    reserve: float = 0.05
    capital: float | None = None

    def stop_reserve(self, stop: float) -> float:
        """How often the exchange's least cost a position must have, by the stop that Freqtrade counts on."""
        return min(max((1 + self.reserve) / (1 - stop), 1.0), 1.5)

    @property
    def share(self) -> float:
        """Part of a profit that may be used."""
        return self.balance_ratio if self.capital is None else 1.0
