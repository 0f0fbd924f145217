"""What an exchange says of a pair that a backtest's money depends on."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
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
    least_amount, most_amount : float
        Of an order, in the base currency.
    least_cost, most_cost : float
        Of an order, in the quote currency.
    tick : float
        Least step of a price today; NaN where it is not known.
    """

    lot: float
    tiers: Sequence[Tier] = ()
    least_amount: float = 0.0
    most_amount: float = math.inf
    least_cost: float = 0.0
    most_cost: float = math.inf
    tick: float = math.nan

    @classmethod
    def said(cls, rules: Mapping[str, Any], tiers: Sequence[Tier]) -> Contract:
        """Take what an exchange says of a pair's sizes, see `ict_host.contracts.size_rules`."""
        limits = rules["amount"], rules["cost"]
        least_amount, least_cost = (_known(limit["min"], 0.0) for limit in limits)
        most_amount, most_cost = (_known(limit["max"], math.inf) for limit in limits)
        bounds = least_amount, most_amount, least_cost, most_cost
        # An export of before does not say the tick.
        return cls(float(rules["lot"]), tiers, *bounds, float(rules.get("tick", math.nan)))

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


def _known(bound: float | None, unknown: float) -> float:
    return unknown if bound is None else float(bound)


def tiers_of(pair: str) -> Sequence[Tier]:
    """Read a pair's brackets from Freqtrade's file; none where it has none."""
    return _tiers().get(pair, ())


def lot_of(pair: str, trades: pd.DataFrame) -> float:
    """Read a pair's lot off its amounts: the largest power of ten, at most 1, that fits all."""
    amounts = trades.loc[trades["pair"] == pair, "entered"]
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
