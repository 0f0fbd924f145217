"""Values by index, where an index of -1 means that there is none."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from ict.candles import Ints

Values = TypeVar("Values", bound=npt.NDArray[Any])


def look_up(values: Values, which: Ints, absent: float) -> Values:
    """Value at each index; `absent` where the index is -1.

    Parameters
    ----------
    values : npt.NDArray
        Shape (m,).
    which : Ints
        Indices from -1 to m - 1, of any shape.
    absent : float
        The value for none: NaN for a price, 0 for a direction.
    """
    padded = np.empty(len(values) + 1, values.dtype)
    padded[:-1], padded[-1] = values, absent
    return padded[which]  # type: ignore[return-value]
