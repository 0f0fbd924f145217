"""What an exchange says of a pair that a backtest's money depends on."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import freqtrade.exchange
import pandas as pd

from ict.desk.sizing import Maintenance


@dataclass(frozen=True, slots=True)
class Tier:
    """Leverage and margin of positions of a size, in the quote currency."""

    least: float
    most: float
    max_leverage: float
    maintenance: Maintenance


@dataclass(frozen=True)
class Contract:
    """A pair's steps and brackets.

    Attributes
    ----------
    lot : float
        Least step of an amount, in the base currency.
    tiers : Sequence[Tier]
        Smallest positions first; empty where nothing can be borrowed.
    """

    lot: float
    tiers: Sequence[Tier] = ()

    def max_leverage(self, stake: float) -> float:
        """Leverage that a margin may have."""
        fits = (tier.max_leverage for tier in self.tiers if stake <= tier.most / tier.max_leverage)
        return next(fits, 1.0)

    def most_notional(self, leverage: float) -> float:
        """Largest position at a leverage."""
        for tier in reversed(self.tiers):
            if leverage <= tier.max_leverage:
                return tier.most
        return math.inf

    def maintenance(self, notional: float) -> Maintenance:
        """Margin that a position of a size must keep."""
        held = [tier.maintenance for tier in self.tiers if notional >= tier.least]
        return held[-1] if held else Maintenance(0.0, 0.0)


def contract_of(pair: str, trades: pd.DataFrame) -> Contract:
    """Read a pair's lot off the amounts of a backtest, and its brackets from Freqtrade's file."""
    amounts = trades.loc[trades["pair"] == pair, "entered"]
    return Contract(_step(amounts), tiers_of(pair))


def tiers_of(pair: str) -> Sequence[Tier]:
    """Read a pair's brackets from Freqtrade's file; none where it has none."""
    return _tiers().get(pair, ())


def _step(amounts: pd.Series[float]) -> float:
    """Largest power of ten, at most 1, of which all amounts are multiples."""
    decimals = (len(f"{amount:.10f}".rstrip("0").partition(".")[2]) for amount in amounts)
    return float(10.0 ** -max(decimals, default=0))


@cache
def _tiers() -> dict[str, tuple[Tier, ...]]:
    file = Path(freqtrade.exchange.__file__).with_name("binance_leverage_tiers.json")
    rows: dict[str, list[dict[str, Any]]] = json.loads(file.read_text(encoding="utf-8"))
    return {pair: tuple(_tier(row) for row in of_pair) for pair, of_pair in rows.items()}


def _tier(row: dict[str, Any]) -> Tier:
    most = math.inf if row["maxNotional"] is None else row["maxNotional"]
    kept = Maintenance(row["maintenanceMarginRate"], float(row["info"].get("cum", 0.0)))
    return Tier(row["minNotional"], most, row["maxLeverage"], kept)
