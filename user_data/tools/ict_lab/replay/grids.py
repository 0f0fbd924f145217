"""Prices of many trades on their pairs' grids; what floats leave undecided is asked of `ict.desk.grid`."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ict.candles import Floats
from ict.desk.grid import Grid

# A price this near to a step, in steps of itself, may lie on it: only its decimals decide.
UNDECIDED = 1e-11
# Digits of a price that count on the grid, as in `ict.desk.grid`.
DIGITS = 12
# Freqtrade's own rounding of a profit, and units of it that floats count to a thousandth.
PROFIT_DIGITS, PROFIT_UNITS, FEW_UNITS = 8, 1e8, 1e12


@dataclass(frozen=True, slots=True)
class QuickGrid(Grid):
    """A grid that counts lots by floats, where these leave no doubt.

    Attributes
    ----------
    per_unit : int
        Lots of a unit; 0 where they are no whole number.
    """

    per_unit: int = field(init=False)

    def __post_init__(self) -> None:
        Grid.__post_init__(self)
        per_unit = round(1 / self.lot)
        object.__setattr__(self, "per_unit", per_unit if per_unit * self.lot == 1 else 0)

    def amount(self, wanted: float) -> float:
        """Cut an amount to whole lots, as `Grid.amount` does."""
        lots = wanted * self.per_unit
        rest, doubt = lots % 1.0, UNDECIDED * (lots if lots > 1.0 else 1.0)
        if doubt < rest < 1 - doubt:
            return (lots - rest) / self.per_unit
        return Grid.amount(self, wanted)


def rounded(profit: float) -> float:
    """Round a profit as Freqtrade does, to `PROFIT_DIGITS`: Python's own way takes five times as long."""
    units = profit * PROFIT_UNITS
    whole = round(units) if -FEW_UNITS < units < FEW_UNITS else 0
    # What is about a half, and the sign of nothing, need all digits.
    return whole / PROFIT_UNITS if whole and -0.49 < units - whole < 0.49 else round(profit, PROFIT_DIGITS)


def onto_grid(prices: Floats, ticks: Floats, *, up: bool = True) -> Floats:
    """Round prices to whole ticks, as `Grid.level` does.

    Parameters
    ----------
    prices : Floats
        Shape (n,), as the trade's own side sees them: a short's are negated, so that up is the same
        direction for both.
    ticks : Floats
        Shape (n,); 0 leaves the price as it is.
    up : bool
        Where to round to.
    """
    known = (ticks > 0) & np.isfinite(prices)
    step = np.where(known, ticks, 1.0)
    steps = np.where(known, prices, 0.0) / step
    whole = np.ceil(steps) if up else np.floor(steps)
    near = known & (np.abs(steps - np.rint(steps)) <= UNDECIDED * np.maximum(np.abs(steps), 1.0))
    rounded = np.where(known, _price(whole, step), prices)
    places = near.nonzero()[0]
    # Signals of one zone have one stop: each price is asked for once.
    asked = list(zip(prices[places].tolist(), step[places].tolist(), strict=True))
    exact = {one: _exactly(*one, up=up) for one in set(asked)}
    rounded[places] = [exact[one] for one in asked]
    return rounded


def _exactly(price: float, tick: float, *, up: bool) -> float:
    sign = 1 if price > 0 else -1
    return sign * Grid(tick, 1.0).level(abs(price), sign if up else -sign)


def target_onto_grid(prices: Floats, ticks: Floats) -> Floats:
    """Round targets up to whole ticks, as `Grid.level` does, but all at once.

    Parameters
    ----------
    prices, ticks : Floats
        As of `onto_grid`; a price may be infinite.
    """
    finite = np.where(np.isfinite(prices), prices, 1.0)
    scale = 10.0 ** (DIGITS - 1 - np.floor(np.log10(np.abs(finite))))
    steps = np.rint(finite * scale) / scale / ticks
    # What differs from a whole tick by less than that is what floats add.
    whole = np.rint(steps)
    on_tick = np.abs(steps - whole) <= 0.4 * 10.0 ** (1 - DIGITS) * np.abs(steps)
    return np.where(np.isfinite(prices), _price(np.where(on_tick, whole, np.ceil(steps)), ticks), prices)


def nearest(prices: Floats, ticks: Floats) -> Floats:
    """Round prices to the nearest tick, as Freqtrade does an exit; a tick of 0 leaves them as they are."""
    step = np.where(ticks > 0, ticks, 1.0)
    return np.where(ticks > 0, _price(np.rint(prices / step), step), prices)


def _price(steps: Floats, tick: Floats) -> Floats:
    """Multiply without what floats add: a tick of 0.1 is a tenth, and its steps are divided by ten."""
    per_unit = np.rint(1 / tick)
    exact = np.abs(per_unit * tick - 1) < 1e-12
    price: Floats = np.where(exact, steps / per_unit, steps * tick)
    return price
