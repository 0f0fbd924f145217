"""The oracle: the rulebook in plain loops, candle by candle, as an independent answer for the fast code.

Nothing here is clever and nothing is imported from the product. Every function is one rule of the rulebook
and names its ID; a reader with the rulebook beside it should be able to tick it off line by line.
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from .candles import Market, Settings, read_candles
from .columns import first_book
from .facts import find_facts
from .second_book import second_book
from .setup import Setup
from .setup_facts import View
from .zones import Zone

__all__ = ["Setup", "View", "Zone", "oracle_answers", "oracle_columns", "oracle_zones", "setup_view"]


def market_of(
    frame: pd.DataFrame,
    higher: Mapping[str, pd.DataFrame] | None = None,
    reference: pd.DataFrame | None = None,
) -> Market:
    """Read the candles of a market, and those of higher timeframes and of a second market that are given."""
    others = {timeframe: read_candles(given) for timeframe, given in (higher or {}).items()}
    return Market(read_candles(frame), others, None if reference is None else read_candles(reference))


def oracle_answers(
    frame: pd.DataFrame, higher: Mapping[str, pd.DataFrame] | None = None,
    reference: pd.DataFrame | None = None, **params: Any,
) -> tuple[dict[str, list[Any]], list[Zone]]:  # fmt: skip
    """Give every `ict_` column, one value a candle, and every zone with its whole life, oldest first."""
    market, settings = market_of(frame, higher, reference), Settings(**params)
    facts = find_facts(market, settings)
    return first_book(market, facts, settings) | second_book(market, facts, settings), facts.zones


def oracle_columns(frame: pd.DataFrame, **given: Any) -> dict[str, list[Any]]:
    return oracle_answers(frame, **given)[0]


def oracle_zones(frame: pd.DataFrame, **params: Any) -> list[Zone]:
    return find_facts(market_of(frame), Settings(**params)).zones


def setup_view(
    frame: pd.DataFrame, setup: Setup, higher: Mapping[str, pd.DataFrame] | None = None,
    reference: pd.DataFrame | None = None, **params: Any,
) -> View:  # fmt: skip
    """Look at a market through a setup; `setup_entries` and `resting` say what it trades there."""
    return View(market_of(frame, higher, reference), Settings(**params), setup)
