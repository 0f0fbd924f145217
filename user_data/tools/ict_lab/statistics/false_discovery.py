"""False discoveries among many tests: how many of those that look significant may be chance.

Benjamini and Hochberg, "Controlling the False Discovery Rate", Journal of the Royal Statistical Society B
57 (1995).
"""

from __future__ import annotations

import numpy as np

from ict.candles import Floats


def adjusted(p_values: Floats) -> Floats:
    """Adjust p-values for their number: those at or below q are discoveries, of which a part q is false.

    Parameters
    ----------
    p_values : Floats
        Of all tests of the family, shape (n,); NaN, a test that could not be made, does not count.
    """
    found = np.full(len(p_values), np.nan)
    known = np.flatnonzero(np.isfinite(p_values))
    order = known[np.argsort(p_values[known], kind="stable")]
    scaled = p_values[order] * len(order) / np.arange(1, len(order) + 1)
    # None is larger than that of a larger p-value.
    descending = np.arange(len(order) - 1, -1, -1)
    found[order[descending]] = np.minimum(np.minimum.accumulate(scaled[descending]), 1.0)
    return found
