"""One declaration a column: its public name, what it holds, and how it is found on a chart.

A declaration is a descriptor of a `Table`. Read from a table it is an array, or a family of arrays by side,
by higher timeframe or by both: ``columns.kill_zone``, ``columns.in_fvg[side]``,
``columns.higher_trend["4h"]``, ``columns.higher_swing["4h", side]``.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import KW_ONLY, dataclass
from functools import cache
from typing import Any, Generic, Self, TypeVar, overload

import numpy as np
import numpy.typing as npt
import pandas as pd

from ict.candles import BOTH_SIDES, Bools, Direction
from ict.catalogue.kinds import Group, Kind, Plot, ZoneKind
from ict.market.chart import Chart
from ict.market.higher import HigherView
from ict.params import Params

PREFIX = "ict_"

Array = npt.NDArray[Any]
# Columns by their public names, each of shape (n,).
Arrays = dict[str, Array]
# Which of the columns of a declaration: side, higher timeframe, both or none.
Key = tuple[Any, ...]
# A column: its public name, its declaration, and its key there.
Named = tuple[str, "Declared[Any]", Key]
A = TypeVar("A", bound=Array)
K = TypeVar("K")

# How a name says which side it is of: bullish zones, long trades, highs, the liquidity above them.
_OF_SIDE: dict[Direction, dict[str, str]] = {
    1: {"side": "bull", "trade": "long", "extreme": "high", "pool": "buy"},
    -1: {"side": "bear", "trade": "short", "extreme": "low", "pool": "sell"},
}


@dataclass(frozen=True, eq=False)
class Declared(Generic[A]):
    """A column's description without a chart.

    Attributes
    ----------
    pattern : str
        Public name, with {side} for bull or bear, {trade} for long or short, {extreme} for high or low,
        {pool} for buy or sell, and {timeframe} for 1h, 4h or 1d.
    kind : Kind
        What it holds.
    group : Group
        What it is asked for with.
    rule : str
        ID of the rule behind it.
    about : str
        Meaning in one line; of a family, in one line for all.
    find : Callable
        Finds its values, shape (n,); each class below says on what.
    words : tuple[str, ...]
        The words that it can hold, where it holds words.
    plot : Plot or None
        How FreqUI plots it; None for not at all.
    remembers : str
        What its value hangs on, where that may be any number of candles ago; empty where the memory of the
        settings (`ict.memory`) is enough.
    needs_higher : bool
        Whether it needs candles of a higher timeframe.
    zone : ZoneKind or None
        The kind of zone that it says holds the close.
    """

    pattern: str
    kind: Kind
    group: Group
    rule: str
    about: str
    find: Callable[..., A]
    _: KW_ONLY
    words: tuple[str, ...] = ()
    plot: Plot | None = None
    remembers: str = ""
    needs_higher: bool = False
    zone: ZoneKind | None = None

    def keys(self, params: Params, timeframes: Collection[str]) -> Iterator[Key]:
        """List the keys of its columns with these settings and higher timeframes in use."""
        yield ()

    def name(self, *key: Any) -> str:
        """Public name of one of its columns."""
        return filled(self.pattern, key)

    def found(self, table: "Table", *key: Any) -> A:
        """Find one of its columns on a table's chart."""
        return self.find(table.chart, *key)


@cache
def filled(pattern: str, key: Key) -> str:
    """Fill the pattern of a name with the words of a column's key: its side and its timeframe."""
    words: dict[str, str] = {}
    for part in key:
        words |= {"timeframe": part} if isinstance(part, str) else _OF_SIDE[part]
    return pattern.format(**words)


class Table:
    """Columns of one market, each computed on its chart or taken from a frame on first use.

    Parameters
    ----------
    chart : Chart, optional
        Patterns of the market.
    frame : Mapping, optional
        Columns that are there already, by their public names, such as an analysed frame.
    finds_missing : bool
        Whether a column that the frame lacks is found on the chart: only where the chart is the one that
        the frame was analysed on. Elsewhere it could be another column, and asking for it is an error.
    """

    def __init__(
        self,
        chart: Chart | None = None,
        frame: Mapping[Any, Any] | pd.DataFrame | None = None,
        *,
        finds_missing: bool = False,
    ) -> None:
        self._chart = chart
        self._frame: Any = frame
        self._finds = frame is None or finds_missing
        self._arrays: Arrays = {}

    @classmethod
    def read(cls, frame: Mapping[Any, Any] | pd.DataFrame) -> Self:
        """Take the columns from an analysed frame."""
        return cls(frame=frame)

    @property
    def chart(self) -> Chart:
        """The chart that columns are found on."""
        if self._chart is None:
            raise LookupError("these columns were taken from a frame, without a chart")
        return self._chart

    @classmethod
    @cache
    def declared(cls) -> tuple[Declared[Any], ...]:
        """Every declaration, by group."""
        own = (value for base in cls.__mro__ for value in vars(base).values())
        order = list(Group)
        return tuple(
            sorted((one for one in own if isinstance(one, Declared)), key=lambda one: order.index(one.group))
        )

    @classmethod
    def named(cls, params: Params) -> Iterator[Named]:
        """List the columns that these settings have: public name, declaration and key of each."""
        for one in cls.declared():
            for key in one.keys(params, params.higher_timeframes):
                yield one.name(*key), one, key

    @classmethod
    def plotted(cls, params: Params) -> Iterator[Named]:
        """List the columns that FreqUI plots with these settings."""
        for name, one, key in cls.named(params):
            shown = one.plot.timeframes if one.plot else None
            if one.plot and (shown is None or key[0] in shown(params)):
                yield name, one, key

    @classmethod
    def in_use(cls, params: Params) -> dict[str, Declared[Any]]:
        """Return the declaration of each column that these settings have, by its public name."""
        return {name: one for name, one, _ in cls.named(params)}

    @property
    def asked(self) -> frozenset[str]:
        """Public names of the columns that were used so far."""
        return frozenset(self._arrays)

    @classmethod
    def absent(cls, count: int, params: Params) -> Arrays:
        """Make the columns of `count` candles that were not analysed: they are empty."""
        return {name: one.kind.absent(count) for name, one in cls.in_use(params).items()}

    def array(self, declared: Declared[A], *key: Any) -> A:
        """Return one column, of shape (n,).

        Raises
        ------
        LookupError
            When the frame lacks it, and it can't be found on the chart.
        """
        array: Any = self._named(declared.name(*key), declared, key)
        return array  # type: ignore[no-any-return]

    def _named(self, name: str, declared: Declared[Any], key: Key) -> Array:
        if name not in self._arrays:
            if self._frame is not None and name in self._frame:
                self._arrays[name] = np.asarray(self._frame[name])
            elif self._finds:
                self._arrays[name] = declared.found(self, *key)
            else:
                raise LookupError(f"the analysed frame has no column {name}")
        return self._arrays[name]

    def arrays(self, groups: Collection[str]) -> Arrays:
        """Find every column of these groups, by their public names in the order of the groups."""
        params, timeframes = self.chart.params, self.chart.timeframes
        return self.chosen(
            (one.name(*key), one, key)
            for one in self.declared()
            if one.group in groups
            for key in one.keys(params, timeframes)
        )

    def chosen(self, columns: Iterable[Named]) -> Arrays:
        """Find these columns, by their public names."""
        return {name: self._named(name, one, key) for name, one, key in columns}

    def completed(self) -> Self:
        """Return the same columns, those that the frame lacks as the chart has them."""
        other = type(self)(self._chart, self._frame, finds_missing=True)
        other._arrays = self._arrays
        return other

    def on(self, chart: Chart, kinds: Iterable[ZoneKind]) -> Self:
        """Return the same columns on a chart with other zones of some kinds."""
        other = type(self)(chart, self._frame, finds_missing=self._finds)
        said = {self._saying(kind).name(side) for kind in kinds for side in BOTH_SIDES}
        other._arrays = {name: array for name, array in self._arrays.items() if name not in said}
        return other

    def holds(self, kind: ZoneKind, side: Direction) -> Bools:
        """Whether a live zone of this kind and side holds each close."""
        said = self.array(self._saying(kind), side)
        holds: Bools = said if said.dtype == np.bool_ else np.isfinite(said)
        return holds

    @classmethod
    @cache
    def _saying(cls, kind: ZoneKind) -> Declared[Any]:
        return next(one for one in cls.declared() if one.zone is kind)


class Family(Generic[K, A]):
    """The columns of one declaration in a table, by key."""

    __slots__ = ("_declared", "_table")

    def __init__(self, table: Table, declared: Declared[A]) -> None:
        self._table, self._declared = table, declared

    def __getitem__(self, key: K) -> A:
        return self._table.array(self._declared, *(key if isinstance(key, tuple) else (key,)))


@dataclass(frozen=True, eq=False)
class Column(Declared[A]):
    """A single column, found on a chart."""

    find: Callable[[Chart], A]

    @overload
    def __get__(self, table: None, owner: type) -> Self: ...
    @overload
    def __get__(self, table: Table, owner: type) -> A: ...
    def __get__(self, table: Table | None, owner: type) -> Self | A:
        return self if table is None else table.array(self)


@dataclass(frozen=True, eq=False)
class _BySide(Declared[A]):
    """A column for each side."""

    def keys(self, params: Params, timeframes: Collection[str]) -> Iterator[Key]:
        yield from ((side,) for side in BOTH_SIDES)

    @overload
    def __get__(self, table: None, owner: type) -> Self: ...
    @overload
    def __get__(self, table: Table, owner: type) -> Family[Direction, A]: ...
    def __get__(self, table: Table | None, owner: type) -> Self | Family[Direction, A]:
        return self if table is None else Family(table, self)


@dataclass(frozen=True, eq=False)
class Sided(_BySide[A]):
    """A column for each side, found on a chart for a side."""

    find: Callable[[Chart, Direction], A]


@dataclass(frozen=True, eq=False)
class Derived(_BySide[A]):
    """A column for each side, made of the table's other columns and the settings."""

    find: Callable[[Any, Params, Direction], A]

    def found(self, table: Table, *key: Any) -> A:
        """Make one of its columns."""
        return self.find(table, table.chart.params, *key)


@dataclass(frozen=True, eq=False)
class _OfHigher(Declared[A]):
    """A column for each higher timeframe in use, or for those that the settings ask it of.

    Attributes
    ----------
    timeframes : Callable[[Params], Collection[str]] or None
        Those that the settings ask this column of; None for all in use.
    """

    _: KW_ONLY
    needs_higher: bool = True
    timeframes: Callable[[Params], Collection[str]] | None = None

    def keys(self, params: Params, timeframes: Collection[str]) -> Iterator[Key]:
        asked = timeframes if self.timeframes is None else self.timeframes(params)
        yield from ((timeframe,) for timeframe in timeframes if timeframe in asked)

    def found(self, table: Table, *key: Any) -> A:
        """Find one of its columns on the higher timeframe."""
        timeframe, *side = key
        return self.find(table.chart.seen(timeframe), *side)


@dataclass(frozen=True, eq=False)
class Higher(_OfHigher[A]):
    """A column for each higher timeframe, found on it as base candles see it."""

    find: Callable[[HigherView], A]

    @overload
    def __get__(self, table: None, owner: type) -> Self: ...
    @overload
    def __get__(self, table: Table, owner: type) -> Family[str, A]: ...
    def __get__(self, table: Table | None, owner: type) -> Self | Family[str, A]:
        return self if table is None else Family(table, self)


@dataclass(frozen=True, eq=False)
class HigherSided(_OfHigher[A]):
    """A column for each higher timeframe and side."""

    find: Callable[[HigherView, Direction], A]

    def keys(self, params: Params, timeframes: Collection[str]) -> Iterator[Key]:
        """List both sides of each higher timeframe."""
        yield from ((*key, side) for key in super().keys(params, timeframes) for side in BOTH_SIDES)

    @overload
    def __get__(self, table: None, owner: type) -> Self: ...
    @overload
    def __get__(self, table: Table, owner: type) -> Family[tuple[str, Direction], A]: ...
    def __get__(self, table: Table | None, owner: type) -> Self | Family[tuple[str, Direction], A]:
        return self if table is None else Family(table, self)
