"""What setups are traded on: analysed markets and their candles, a wallet, and what trading costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ict.columns import Columns
from ict_lab.replay.account import Account
from ict_lab.replay.contracts import Contract
from ict_lab.replay.markets import Market
from ict_lab.replay.tape import Tape


@dataclass(frozen=True)
class Scene:
    """What a setup is traded on.

    Attributes
    ----------
    markets : Sequence[Market]
        Analysed pairs, in the order of the whitelist.
    tape : Tape
        Their candles.
    account : Account
        The wallet.
    contracts : Sequence[Contract]
        What the exchange says of each pair.
    fee : float
        Of one side, ratio of the notional.
    """

    markets: Sequence[Market]
    tape: Tape
    account: Account
    contracts: Sequence[Contract]
    fee: float

    @property
    def columns(self) -> list[Columns]:
        """The analysis of each pair."""
        found = [market.columns for market in self.markets if market.columns is not None]
        assert len(found) == len(self.markets)
        return found

    @property
    def candle(self) -> int:
        """Length of a candle, in nanoseconds."""
        return int(np.diff(self.tape.times[:2])[0])

    def analysed_as(self, columns: Sequence[Columns]) -> Scene:
        """Return the same candles with another analysis."""
        markets = [market.analysed_as(one) for market, one in zip(self.markets, columns, strict=True)]
        return replace(self, markets=markets)
