"""The whole chart: every pattern, computed on first use and then shared."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from ict.candles import BOTH_SIDES, Bools, Candles, Direction, Floats, Ints
from ict.errors import ParameterError
from ict.market.dealing_range import (
    Legs,
    Origins,
    OteBand,
    find_legs,
    find_origins,
    find_ote_bands,
    swing_prices,
)
from ict.market.delivery import find_changes_of_delivery
from ict.market.displacement import displacement
from ict.market.divergence import divergence
from ict.market.draw import Draw
from ict.market.fair_value_gaps import find_fair_value_gaps, find_inversion_gaps
from ict.market.higher import TIMEFRAMES, HigherPatterns, HigherView
from ict.market.higher_candles import joined, whole_days
from ict.market.liquidity import Liquidity, find_liquidity, last_happened, recently, swept_at
from ict.market.order_blocks import broke_after_sweep, find_breakers, find_order_blocks
from ict.market.overlaps import find_balanced_ranges, find_unicorns
from ict.market.periods import Periods, find_days, find_months, find_weeks
from ict.market.propulsion_blocks import find_propulsion_blocks
from ict.market.rejection_blocks import find_rejection_blocks
from ict.market.reversal import Reversals, find_retests, find_reversals, find_shifts
from ict.market.sessions import find_sessions, new_york_time
from ict.market.structure import Structure, find_structure
from ict.market.swings import find_swings
from ict.market.volatility import average_true_range
from ict.market.zones import Listing, Zones, newest_holding
from ict.params import Params

F = TypeVar("F")


class Chart:
    """What the market shows on one timeframe.

    Parameters
    ----------
    candles : Candles
        The candles, shape (n,).
    params : Params
        Settings of the patterns.
    higher : Mapping[str, Candles], optional
        Candles of higher timeframes by name; missing ones are made from the base candles.
    reference : Candles, optional
        Candles of the second market, same timeframe, for SMT-1.
    """

    def __init__(
        self,
        candles: Candles,
        params: Params,
        higher: Mapping[str, Candles] | None = None,
        reference: Candles | None = None,
        earlier: Chart | None = None,
    ) -> None:
        self.candles, self.params = candles, params
        known = earlier._views if earlier is not None and earlier.params == params else {}
        self._earlier = {timeframe: view.patterns for timeframe, view in known.items()}
        self._reference = candles[:0] if reference is None else reference
        self._given = higher or {}
        self._views: dict[str, HigherView] = {}
        self._zones: dict[Callable[[Chart], Zones], Zones] = {}
        self._holding: dict[Zones, dict[Direction, Ints]] = {}
        self._listings: dict[tuple[Zones, Direction], Listing] = {}
        self._once: dict[Hashable, Any] = {}

    @property
    def timeframes(self) -> tuple[str, ...]:
        """The higher timeframes that the settings look at, and those whose candles were given."""
        return tuple(dict.fromkeys([*self.params.higher_timeframes, *self._given]))

    def seen(self, timeframe: str) -> HigherView:
        """Show a higher timeframe as the base candles see it (HTF-1).

        Raises
        ------
        ParameterError
            When its candles would be shorter than the base candles.
        """
        if timeframe not in self._views:
            span = TIMEFRAMES[timeframe]
            if span < self.candles.step:
                raise ParameterError(
                    f"higher timeframes must not be shorter than a base candle, was {timeframe}"
                )
            higher = joined(self.candles, self._given.get(timeframe, self.candles[:0]), span)
            self._views[timeframe] = HigherView(self.candles, self._patterns_of(timeframe, higher), span)
        return self._views[timeframe]

    def _patterns_of(self, timeframe: str, higher: Candles) -> HigherPatterns:
        """Return the patterns of a higher timeframe, those found before where its candles are the same."""
        earlier = self._earlier.get(timeframe)
        if earlier is not None and earlier.candles.same_as(higher):
            return earlier
        return HigherPatterns(higher, self.params)

    def closed_now(self, timeframe: str) -> Chart | None:
        """Return the chart of a higher timeframe at the close of its candle, which must be the newest close.

        Parameters
        ----------
        timeframe : str
            One of `TIMEFRAMES`, not shorter than a base candle.

        Returns
        -------
        Chart or None
            Of its closed candles, by the same settings; None while its newest candle is still open.
        """
        view = self.seen(timeframe)
        return Chart(view.closed, self.params, self._given) if view.closes_now else None

    def zones(self, find: Callable[[Chart], Zones]) -> Zones:
        """Return the zones that a finder finds on this chart; found once, then cached."""
        if find not in self._zones:
            self._zones[find] = find(self)
        return self._zones[find]

    def once(self, key: Hashable, find: Callable[[], F]) -> F:
        """Return what is found for a key, which names all that it depends on besides this chart's patterns.

        It is found once, then cached.
        """
        if key not in self._once:
            self._once[key] = find()
        found: F = self._once[key]
        return found

    def with_params(self, params: Params) -> Chart:
        """Return the same chart with other settings of the setup; those of the patterns must be equal."""
        other = self._twin()
        other.params = params
        return other

    def with_zones(self, find: Callable[[Chart], Zones], zones: Zones) -> Chart:
        """Return the same chart with a finder's zones replaced."""
        other = self._twin()
        other._zones = {**self._zones, find: zones}
        other._holding, other._listings, other._once = dict(self._holding), dict(self._listings), {}
        return other

    def _twin(self) -> Chart:
        """Return a copy that shares this chart's cached patterns."""
        other = Chart.__new__(Chart)
        vars(other).update(vars(self))
        return other

    def holding(self, zones: Zones) -> dict[Direction, Ints]:
        """Find the newest live zone of each side that holds each close; see `newest_holding`."""
        if zones not in self._holding:
            self._holding[zones] = newest_holding(zones, self.candles.close)
        return self._holding[zones]

    def listing(self, zones: Zones, side: Direction) -> Listing:
        """List the zones of one side that live at each candle; see `Listing`."""
        key = zones, side
        if key not in self._listings:
            self._listings[key] = Listing(zones, side, len(self.candles))
        return self._listings[key]

    @cached_property
    def atr(self) -> Floats:
        """Average true range, shape (n,)."""
        return average_true_range(self.candles)

    @cached_property
    def blocks(self) -> Zones:
        """Order blocks (OB-1)."""
        return find_order_blocks(self.candles, self.params)

    @cached_property
    def breakers(self) -> Zones:
        """Breakers (ZONE-3)."""
        return find_breakers(self.blocks, self.candles, self.params)

    @cached_property
    def breaker_swept(self) -> Bools:
        """Whether each breaker is a true one (MIT-1)."""
        return broke_after_sweep(self.breakers, self.last_swept)

    @cached_property
    def propulsions(self) -> Zones:
        """Propulsion blocks (PROP-1)."""
        return find_propulsion_blocks(self.blocks, self.candles, self.params)

    @cached_property
    def rejections(self) -> Zones:
        """Rejection blocks (REJ-1)."""
        return find_rejection_blocks(self.candles, self.swept, self.params)

    @cached_property
    def gaps(self) -> Zones:
        """Fair value gaps (FVG-1, FVG-2)."""
        return find_fair_value_gaps(self.candles, self.params)

    @cached_property
    def inversions(self) -> Zones:
        """Inversion gaps (FVG-3)."""
        return find_inversion_gaps(self.gaps, self.candles, self.params)

    @cached_property
    def balanced_ranges(self) -> Zones:
        """Balanced price ranges (BPR-1)."""
        return find_balanced_ranges(self.gaps, self.candles, self.params)

    @cached_property
    def unicorns(self) -> Zones:
        """Unicorns (UNI-1)."""
        return find_unicorns(self.breakers, self.gaps, self.recently_swept, self.candles, self.params)

    @cached_property
    def structure(self) -> Structure:
        """Swings, breaks and trend (SWING-1, BOS-1, CHOCH-1)."""
        return find_structure(self.candles, self.params.swing_strength_candles)

    @cached_property
    def divergence(self) -> npt.NDArray[np.int8]:
        """Where the swings of the pair and of the second market diverge (SMT-1), shape (n,)."""
        return divergence(self.candles, self.structure.swings, self._reference, self.params)

    @cached_property
    def displacement(self) -> npt.NDArray[np.int8]:
        """Candles that displace price, +1 up and -1 down (DISP-1), shape (n,)."""
        return displacement(self.candles, self.params)

    @cached_property
    def range_edges(self) -> tuple[Floats, Floats]:
        """Last confirmed swing high and low at each candle, NaN before the first (PD-1)."""
        high, low = (swing_prices(self.structure, side, len(self.candles)) for side in BOTH_SIDES)
        return high, low

    @cached_property
    def origins(self) -> Origins:
        """Where the legs that broke structure began (OTE-1)."""
        return find_origins(self.candles, self.structure.breaks)

    @cached_property
    def legs(self) -> Legs:
        """The current leg at each candle (OTE-1)."""
        return find_legs(self.candles, self.structure.breaks, self.origins)

    @cached_property
    def ote(self) -> dict[Direction, OteBand]:
        """Retracement bands of the current legs (OTE-1)."""
        return find_ote_bands(self.candles, self.legs)

    @cached_property
    def major(self) -> Structure:
        """Structure by major swings (MAJOR-1)."""
        return find_structure(self.candles, self.params.major_swing_strength_candles)

    @cached_property
    def major_legs(self) -> Legs:
        """The current leg of major structure at each candle: from strong to weak (STRONG-1)."""
        breaks = self.major.breaks
        return find_legs(self.candles, breaks, find_origins(self.candles, breaks))

    @cached_property
    def days(self) -> Periods:
        """Past days (LEVEL-1)."""
        return find_days(self.candles)

    @cached_property
    def weeks(self) -> Periods:
        """Past weeks (LEVEL-1)."""
        return find_weeks(self.candles, self._daily, self.params.pool_max_age_candles)

    @cached_property
    def months(self) -> Periods:
        """Past months (LEVEL-1)."""
        return find_months(self.candles, self._daily)

    @cached_property
    def _daily(self) -> Candles:
        return whole_days(self.candles, self._given.get("1d", self.candles[:0]))

    @cached_property
    def new_york(self) -> Ints:
        """Time that New York's clock shows as each candle opens, shape (n,)."""
        return new_york_time(self.candles.time)

    @cached_property
    def sessions(self) -> dict[str, Periods]:
        """Past sessions of Asia, London and New York (LEVEL-2)."""
        return find_sessions(self.candles, self.new_york)

    @cached_property
    def liquidity(self) -> Liquidity:
        """Pools and equal groups (EQ-1, POOL-1)."""
        strength = self.params.pool_swing_strength_candles
        same = strength == self.params.swing_strength_candles
        swings = self.structure.swings if same else find_swings(self.candles, strength)
        return find_liquidity(self.candles, swings, self._pool_periods, self.atr, self.params)

    @property
    def _pool_periods(self) -> dict[str, Periods]:
        """Past periods whose extremes are pools, by their kind (POOL-1, POOL-2)."""
        periods = {"day": self.days, "week": self.weeks}
        if self.params.month_pools:
            periods["month"] = self.months
        if self.params.session_pools:
            periods |= self.sessions
        return periods

    @cached_property
    def swept(self) -> dict[Direction, Bools]:
        """Sweeps of the buy side (+1) and of the sell side (-1) at each candle (SWEEP-1)."""
        return {side: swept_at(self.liquidity.pools[side], len(self.candles)) for side in BOTH_SIDES}

    @cached_property
    def last_swept(self) -> dict[Direction, npt.NDArray[np.int32]]:
        """Latest sweep of each side up to each candle; -1 before the first."""
        return {side: last_happened(swept) for side, swept in self.swept.items()}

    @cached_property
    def recently_swept(self) -> dict[Direction, Bools]:
        """Whether each side was swept within the memory of sweeps."""
        memory = self.params.sweep_memory_candles
        return {side: recently(last, memory) for side, last in self.last_swept.items()}

    @cached_property
    def draw(self) -> dict[Direction, Draw]:
        """Untaken levels on each side (POOL-3)."""
        pools, kinds = self.liquidity.pools, self.params.draw_kinds
        return {side: Draw(pools[side], kinds, self.candles.close) for side in BOTH_SIDES}

    @cached_property
    def retests(self) -> dict[Direction, Reversals]:
        """Returns into a gap of a reversal's leg (REV-1)."""
        return find_retests(self.candles, self.gaps, self.structure.breaks, self.origins, self.reversals)

    @cached_property
    def reversals(self) -> dict[Direction, Reversals]:
        """Breaks that follow a sweep (REV-1)."""
        return find_reversals(self.candles, self.structure.breaks, self.last_swept, self.params)

    @cached_property
    def shifts(self) -> dict[Direction, Reversals]:
        """Shifts of market structure (MSS-1)."""
        displaced = {side: last_happened(self.displacement == side) for side in BOTH_SIDES}
        return find_shifts(self.reversals, self.last_swept, displaced)

    @cached_property
    def changes_of_delivery(self) -> dict[Direction, Reversals]:
        """Changes in the state of delivery (CISD-1)."""
        return find_changes_of_delivery(self.candles, self.swept, self.params)
