"""The product in the oracle's clothes: the same call, the same shape of answer."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import pandas as pd

from ict import Params, analyse
from ict.candles import Candles
from ict.catalogue.kinds import ZoneKind
from ict.catalogue.zone_kinds import GAP, ZONE_KINDS
from ict.market.chart import Chart
from ict.market.fair_value_gaps import filled_percent
from ict.market.zones import EndReason, Zones
from tests.oracle.zones import Zone

from .markets import resampled

NOTHING = float("nan")
# Settings that switch on the columns which only some settings need; the laws hold for those as well.
EVERY_COLUMN: dict[str, Any] = {
    "trail_timeframe": "4h", "min_stop_atr": 1.0, "max_volatility_percentile": 50.0, "month_pools": True,
    "session_pools": True,
}  # fmt: skip


def product_params(**given: Any) -> Params:
    """Make settings of the product that mean what the oracle's settings mean."""
    wanted = {name: value for name, value in given.items() if name != "higher_timeframes"}
    max_touches = wanted.pop("max_touches", Params().max_touches)
    params = Params(**wanted, max_touches=max(max_touches, 1))
    # Some tables end a block at its first touch to stay short; the product allows no such setting.
    object.__setattr__(params, "max_touches", max_touches)
    return params


def fast_columns(
    frame: pd.DataFrame,
    higher: Mapping[str, pd.DataFrame] | None = None,
    reference: pd.DataFrame | None = None,
    **given: Any,
) -> dict[str, list[Any]]:
    params = product_params(**given)
    others = [name for name in given.get("higher_timeframes", ()) if name != params.trend_timeframe]
    made = {name: resampled(frame, name) for name in others} if len(frame) > 1 else {}
    return ict_columns(analyse(frame, params, higher={**made, **(higher or {})}, reference=reference))


def zone_frame(zones: list[Zone]) -> pd.DataFrame:
    """Put zones and their lives into an order of their own."""
    # The oracle lists a breaker and a gap of the same candle by what made them, the product by kind.
    order = ["kind", "direction", "known_at", "origin_at", "top", "bottom"]
    names = [declared.name for declared in fields(Zone) if declared.compare]
    rows = [[getattr(zone, name) for name in names] for zone in zones]
    return pd.DataFrame(rows, columns=names).sort_values(order, ignore_index=True)


def ict_columns(analysed: Mapping[str, Any] | pd.DataFrame) -> dict[str, list[Any]]:
    return {name: analysed[name].tolist() for name in analysed if str(name).startswith("ict_")}


def fast_zones(frame: pd.DataFrame, **given: Any) -> list[Zone]:
    """Give every zone of the product with its whole life, oldest first."""
    candles = Candles.from_frame(frame)
    chart = Chart(candles, product_params(**given))
    filled = {GAP: filled_percent(chart.gaps, candles).tolist()}
    zones = [
        zone
        for kind in ZONE_KINDS
        for zone in _as_oracle(_name_of(kind), chart.zones(kind.find), filled.get(kind))
    ]
    return sorted(zones, key=lambda zone: (zone.known_at, zone.origin_at))


def _name_of(kind: ZoneKind) -> str:
    return kind.title.replace(" ", "_")


def _as_oracle(kind: str, zones: Zones, filled: list[float] | None = None) -> list[Zone]:
    percents = filled if filled is not None else [NOTHING] * len(zones)
    names = ("direction", "top", "bottom", "origin_at", "known_at", "ended_at", "reason", "touches")
    rows = zip(*(getattr(zones, name).tolist() for name in names), percents, strict=True)
    return [Zone(kind, *row[:6], _reason(row[6]), *row[7:]) for row in rows]


def _reason(code: int) -> str:
    return "" if code == EndReason.ALIVE else EndReason(code).name.lower()
