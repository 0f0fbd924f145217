"""The one call: candles in, the `ict_*` columns out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ict.candles import Candles
from ict.catalogue.table import PREFIX, Arrays
from ict.columns import GROUPS, Columns
from ict.errors import CandleError, ParameterError, SecondMarketError
from ict.market.chart import Chart
from ict.market.higher import TIMEFRAMES
from ict.market.higher_candles import check_length, higher_candles, missing
from ict.params import Params

# Columns times candles that are joined at once: few enough that the next ones take the memory of these.
_CELLS_AT_ONCE = 1 << 18
# Bytes a candle of them, however many candles there are.
_BYTES_AT_ONCE = 16
# Candles up to which it is faster to copy columns than to have many arrays in a frame.
_FEW = 1 << 13


def analyse(
    frame: pd.DataFrame,
    params: Params | None = None,
    higher: Mapping[str, pd.DataFrame] | None = None,
    reference: pd.DataFrame | None = None,
    groups: Collection[str] = GROUPS,
    *,
    sparse: bool = False,
) -> pd.DataFrame:
    """Analyse closed candles and return them with the `ict_*` columns.

    Every value is known at the close of its own candle and never changes when later candles come.
    The columns are described in this package's README.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns date (open time, UTC), open, high, low, close, volume, oldest first; it is not changed.
        A frame without rows gives the columns without rows.
    params : Params, optional
        Settings; the product's defaults without.
    higher : Mapping[str, pandas.DataFrame], optional
        Candles of higher timeframes (1h, 4h, 1d) in the same shape. Where they are missing, the candles of a
        timeframe in use are made from `frame`.
    reference : pandas.DataFrame, optional
        Candles of a second market (SMT-1), of the same timeframe and in the same shape; they may begin later
        and lack some.
    groups : Collection[str], optional
        Groups of columns to compute, of `ict.columns.GROUPS`; all of them without.
    sparse : bool
        Whether prices that are set at fewer than half of the candles come as pandas' sparse columns: they
        compare and calculate as the others, in half of the memory, but take no single values and no file of
        Feather or Parquet takes them.

    Returns
    -------
    pandas.DataFrame
        A new frame with the same index and columns, and the `ict_*` columns behind them, those of one
        type beside each other. `ict_*` columns of an earlier analysis are replaced.

    Raises
    ------
    CandleError
        When a candle is impossible, a column is missing, or a frame's candles are of another length than
        its name says; see `Candles.from_frame`.
    SecondMarketError
        A `CandleError` of the second market.
    ParameterError
        When a group or a timeframe has an unknown name, or settings or timeframes are given in another form.
    """
    return Analysis(frame, params, higher, reference).frame(groups, sparse=sparse)


class Analysis:
    """Candles that were checked, ready to be analysed; for the parameters and errors see `analyse`."""

    def __init__(
        self,
        frame: pd.DataFrame,
        params: Params | None = None,
        higher: Mapping[str, pd.DataFrame] | None = None,
        reference: pd.DataFrame | None = None,
    ) -> None:
        if not isinstance(params, Params | None):
            raise ParameterError(f"params must be ict.Params, was {type(params).__name__}: see Params.parse")
        if not isinstance(higher, Mapping | None):
            raise ParameterError(f"higher must map timeframes to candles, was {type(higher).__name__}")
        self._frame, self._params = frame, params or Params()
        self._candles = Candles.from_frame(frame)
        self._higher = {
            name: higher_candles(name, other)
            for name, other in (higher or {}).items()
            if not isinstance(other, pd.DataFrame) or len(other)
        }
        self._reference = None if reference is None else _reference(self._candles, reference)

    def check_length(self, timeframe: str, span: pd.Timedelta) -> None:
        """Refuse candles that are not of the timeframe that they go by; see `check_length`."""
        check_length(self._candles, timeframe, span.as_unit("ns").value)

    def missing(self) -> dict[str, pd.DatetimeIndex]:
        """List the opening times of the candles that given higher timeframes lack, where they lack any."""
        lacking = {
            name: missing(self._candles, given, TIMEFRAMES[name]) for name, given in self._higher.items()
        }
        return {name: pd.DatetimeIndex(opens, tz="UTC") for name, opens in lacking.items() if len(opens)}

    def columns(self, earlier: Chart | None = None) -> Columns:
        """Return the columns, each computed on first use; for `earlier` see `Chart`."""
        return Columns(Chart(self._candles, self._params, self._higher, self._reference, earlier))

    def beside(self, columns: Arrays) -> pd.DataFrame:
        """Return the candles with these columns behind them; `columns` is used up."""
        return with_columns(self._frame, columns)

    def frame(self, groups: Collection[str] = GROUPS, *, sparse: bool = False) -> pd.DataFrame:
        """Make the frame with the `ict_*` columns."""
        if isinstance(groups, str) or not isinstance(groups, Collection):
            raise ParameterError(f"groups must be a list of words, was {groups!r}")
        for name in groups:
            if name not in GROUPS:
                raise ParameterError(f"groups must be among {', '.join(GROUPS)}, was {name!r}")
        # The table has no other owner, and no two of its columns are one array.
        columns = self.columns().arrays(groups)
        few = _sparse(columns) if sparse else {}
        whole = with_columns(self._frame, columns, hand_over=True)
        return pd.concat([whole, pd.DataFrame(few, whole.index)], axis=1) if few else whole


def _reference(candles: Candles, frame: pd.DataFrame) -> Candles:
    """Check the frame of a second market and take its candles."""
    try:
        reference = Candles.from_frame(frame)
        if len(candles) > 1:
            check_length(reference, "its", candles.step)
    except CandleError as error:
        raise SecondMarketError(f"second market: {error}", error.at) from None
    return reference


def with_columns(frame: pd.DataFrame, columns: Arrays, *, hand_over: bool = False) -> pd.DataFrame:
    """Return candles with columns behind them, those of one type beside each other; `columns` is used up.

    Its arrays are copied, unless they are handed over: then the frame may keep them.
    """
    earlier = [name for name in frame.columns if _is_ours(name)]
    kept = frame.drop(columns=earlier) if earlier else frame
    return pd.concat([kept, *_frames_by_type(columns, kept.index, hand_over)], axis=1)


def _sparse(columns: Arrays) -> dict[str, pd.arrays.SparseArray]:
    """Make sparse columns of the prices that few candles have, and let go of those."""
    floats = [name for name, values in columns.items() if values.dtype.kind == "f"]
    few = [name for name in floats if 2 * np.isnan(columns[name]).sum() > len(columns[name])]
    return {name: pd.arrays.SparseArray(columns.pop(name)) for name in few}


def _is_ours(name: object) -> bool:
    return str(name).startswith(PREFIX)


def _frames_by_type(columns: Arrays, index: pd.Index[Any], hand_over: bool) -> Iterator[pd.DataFrame]:
    """Make frames of the columns of each type, and let go of them."""
    names: dict[np.dtype[Any], list[str]] = {}
    for name, values in columns.items():
        names.setdefault(values.dtype, []).append(name)
    for dtype, alike in names.items():
        # Words are to stay plain objects.
        kept_type = dtype if dtype.kind == "O" else None
        if hand_over and len(index) > _FEW and dtype.itemsize > 1:
            arrays = {name: columns.pop(name) for name in alike}
            yield pd.DataFrame(arrays, index, dtype=kept_type, copy=False)
            continue
        # All at once where there are few candles; a few columns at a time where a second copy would weigh.
        step = max(_BYTES_AT_ONCE // dtype.itemsize, _CELLS_AT_ONCE // max(len(index), 1))
        for part in (alike[start : start + step] for start in range(0, len(alike), step)):
            yield pd.DataFrame(_joined(columns, part).T, index, _labels(tuple(part)), kept_type, copy=False)


def _joined(columns: Arrays, names: list[str]) -> npt.NDArray[Any]:
    """Make one array of columns of one type, and let go of them.

    pandas makes, slices and copies a frame of it many times faster than one of fifty arrays.
    """
    first = columns[names[0]]
    block = np.empty((len(names), len(first)), first.dtype)
    for row, name in enumerate(names):
        block[row] = columns.pop(name)
    return block


@cache
def _labels(names: tuple[str, ...]) -> pd.Index[str]:
    return pd.Index(names)
