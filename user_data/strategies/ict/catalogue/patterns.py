"""Every column that the market alone decides, in one typed table."""

from __future__ import annotations

from ict.catalogue.further_zones import FurtherZoneColumns
from ict.catalogue.higher import HigherColumns
from ict.catalogue.levels import LevelColumns
from ict.catalogue.liquidity import LiquidityColumns
from ict.catalogue.sessions import SessionColumns
from ict.catalogue.structure import StructureColumns
from ict.catalogue.zones import ZoneColumns


class Patterns(
    ZoneColumns,
    FurtherZoneColumns,
    StructureColumns,
    LiquidityColumns,
    LevelColumns,
    SessionColumns,
    HigherColumns,
):
    """The patterns at each candle."""
