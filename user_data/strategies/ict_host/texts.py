"""Texts of candles as pandas keeps them."""

import numpy as np
import numpy.typing as npt
from pandas import array, notna
from pandas.api.extensions import ExtensionArray


def texts(words: npt.NDArray[np.object_]) -> ExtensionArray:
    """Make a column of the few texts that there are, None where there is none.

    pandas itself would look at each of many thousand candles.

    Parameters
    ----------
    words : npt.NDArray[np.object_]
        Shape (n,).
    """
    said = notna(words).nonzero()[0]
    place = np.full(len(words), -1)
    place[said] = np.arange(len(said))
    column: ExtensionArray = array(words[said], dtype="str").take(place, allow_fill=True)
    return column
