"""The oracle: the rulebook in plain loops, candle by candle, as an independent answer for the fast code.

Nothing here is clever and nothing is imported from the product. Every function is one rule of the rulebook
and names its ID; a reader with the rulebook beside it should be able to tick it off line by line.
"""

from typing import Any

import pandas as pd

from .candles import Settings, read_candles
from .columns import all_columns
from .zones import Zone, all_zones

__all__ = ["Zone", "oracle_columns", "oracle_zones"]


def oracle_columns(frame: pd.DataFrame, **params: Any) -> dict[str, list[Any]]:
    """Give every `ict_` column as a list with one value per candle of `frame`."""
    return all_columns(read_candles(frame), Settings(**params))


def oracle_zones(frame: pd.DataFrame, **params: Any) -> list[Zone]:
    """Give every order block, fair value gap, breaker and inversion gap with its whole life, oldest first."""
    return all_zones(read_candles(frame), Settings(**params))
