"""What a column can hold, how FreqUI plots it, and what a kind of zone is."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from ict.candles import Bools, Candles
from ict.market.chart import Chart
from ict.market.zones import LifeRules, Zones
from ict.params import Params


class Kind(Enum):
    """What a column holds.

    Attributes
    ----------
    unit : str
        Its name, for documentation.
    dtype : np.dtype
        Type of its array.
    nothing : float, int, bool or str
        What it holds where there is nothing: absence has one spelling a kind.
    values : str
        What its values mean, for documentation.
    """

    PRICE = "price", np.float64, np.nan, "in the quote currency, USDT"
    HEIGHT = "height", np.float64, np.nan, "a distance between prices, in the quote currency"
    DIRECTION = "direction", np.int8, 0, "1 bullish, -1 bearish"
    FLAG = "flag", np.bool_, False, ""
    WORD = "word", np.object_, "", "the words that its row names"
    RATIO = "ratio", np.float64, np.nan, "0 to 1, and beyond outside of the range"
    ATR = "ATR", np.float64, np.nan, "average true ranges of the base candles"
    PERCENT = "percent", np.float64, np.nan, "0 to 100"
    POINTS = "points", np.float64, 0.0, "0 to the points of all facts in use"

    def __init__(self, unit: str, dtype: type, nothing: Any, values: str) -> None:
        self.unit, self.dtype, self.nothing, self.values = unit, np.dtype(dtype), nothing, values

    def absent(self, count: int) -> npt.NDArray[Any]:
        """Make a column that says nothing on `count` candles."""
        return np.full(count, self.nothing, self.dtype)


class Group(StrEnum):
    """Columns that are requested together, in the order of the frame."""

    ORDER_BLOCKS = "order_blocks"
    GAPS = "gaps"
    ENTRY = "entry"
    LATER_ZONES = "later_zones"
    FURTHER_ZONES = "further_zones"
    STRUCTURE = "structure"
    MAJOR = "major"
    DEALING_RANGE = "dealing_range"
    LEVELS = "levels"
    LIQUIDITY = "liquidity"
    QUALITY = "quality"
    REVERSAL = "reversal"
    SESSION = "session"
    SECOND_MARKET = "second_market"
    TREND = "trend"
    HIGHER_ZONES = "higher_zones"
    SCORE = "score"


MVP_GROUPS = (Group.ORDER_BLOCKS, Group.GAPS, Group.ENTRY)


@dataclass(frozen=True, slots=True)
class Plot:
    """How FreqUI plots a column.

    Attributes
    ----------
    name : str
        What the legend calls it, a pattern as a column's name is.
    panel : str
        Subplot below the candles; empty for the candles themselves.
    dots : int
        Size of the dots it is plotted as; 0 for none.
    bars : bool
        Whether it is plotted as bars.
    height : int
        How far from 0 a direction is plotted, up and down apart and each in its colour.
    timeframes : Callable[[Params], Collection[str]] or None
        The higher timeframes of which it is plotted; None for all.
    """

    name: str
    panel: str = ""
    dots: int = 0
    bars: bool = False
    height: int = 1
    timeframes: Callable[[Params], Collection[str]] | None = None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ZoneKind:
    """A kind of zone.

    Attributes
    ----------
    name : str
        How names of columns say it.
    title, short : str
        What it is called, in a text and on a chart.
    setting : str
        Name of its limit among the settings of the drawing.
    rule : str
        ID of the rule that makes it.
    find : Callable[[Chart], Zones]
        Finds those of both sides, with their lives.
    life : Callable[[Params], LifeRules]
        What ends one.
    came_back : Callable[[Zones, Candles], Bools]
        Whether price has been back in each: such a zone is drawn fainter.
    fill : float
        How strong its colour is beside that of an order block.
    drawn : int
        How many live ones of each side are drawn, unless the settings say otherwise.
    """

    name: str
    title: str
    short: str
    setting: str
    rule: str
    find: Callable[[Chart], Zones]
    life: Callable[[Params], LifeRules]
    came_back: Callable[[Zones, Candles], Bools]
    fill: float = 1.0
    drawn: int = 1
