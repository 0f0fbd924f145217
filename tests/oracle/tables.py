"""Every table of the oracle, worked by hand from the rulebook."""

from .table import Life, Table, empty_value
from .tables_blocks import BLOCK_TABLES
from .tables_breakers import BREAKER_TABLES
from .tables_delivery import DELIVERY_TABLES
from .tables_further_zones import FURTHER_ZONE_TABLES
from .tables_gaps import GAP_TABLES
from .tables_legs import LEG_TABLES
from .tables_levels import LEVEL_TABLES
from .tables_liquidity import LIQUIDITY_TABLES
from .tables_reversals import REVERSAL_TABLES
from .tables_sessions import SESSION_TABLES
from .tables_signals import SIGNAL_TABLES
from .tables_structure import STRUCTURE_TABLES

__all__ = ["TABLES", "Life", "Table", "empty_value"]

TABLES: list[Table] = [
    *BLOCK_TABLES, *BREAKER_TABLES, *GAP_TABLES, *STRUCTURE_TABLES, *LEG_TABLES, *LIQUIDITY_TABLES,
    *REVERSAL_TABLES, *SESSION_TABLES, *SIGNAL_TABLES, *LEVEL_TABLES, *DELIVERY_TABLES, *FURTHER_ZONE_TABLES,
]  # fmt: skip
