"""Write the pictures of the documentation: ``python -m tests.docs.pictures``.

Those of the rules' page are of the hand tables, those of the setups' page trades of the presets.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from ict_lab.docs.pictures import picture

from ict import Params
from ict.columns import Columns
from ict.desk.grid import Grid
from ict.desk.levels import LevelError, Levels
from ict.desk.plan import Signal
from ict.drawing import DrawingSettings
from ict.drawing.position import Position
from ict.drawing.settings import limits
from ict.setups.entries import find_entries
from ict.setups.resting import find_resting
from tests.oracle import tables
from tests.oracle.table import Table
from tests.strategy.test_setup_presets import QUARTER, TICK, Entry, found, preset

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "images" / "patterns"
# Nothing but what a picture asks for, on as few candles as a screen can have: names are as wide as they are.
NOTHING = {
    name: False if limit.high == 1 else 0
    for name, limit in limits().items()
    if name not in {"drawing", "drawn_candles"}
} | {"screen_candles": limits()["screen_candles"].low}


@dataclass(frozen=True)
class Picture:
    """A pattern of the hand tables.

    `table` is the name of its table, `until` the last candle that is shown, `drawn` what the painter draws.
    """

    table: str
    until: int
    drawn: dict[str, Any] = field(default_factory=dict)


PICTURES = {
    "order-block": Picture("bull_block_edges_contain_the_close", 4, {"order_blocks": 1}),
    "fair-value-gap": Picture("bull_gap_fills_in_part_and_contains_its_top", 6, {"gaps": 1}),
    "inversion-gap": Picture("bullish_inversion_ends_by_a_close_only", 6, {"inversion_gaps": 1}),
    "breaker": Picture("bullish_breaker_lives_and_never_turns_again", 4, {"breakers": 1}),
    "true-breaker": Picture(
        "sweep_by_the_candle_that_makes_the_breaker_counts", 6, {"breakers": 1, "sweeps": 1}
    ),
    "balanced-range": Picture("balanced_range_and_its_end", 6, {"balanced_ranges": 1}),
    "unicorn": Picture("unicorn_of_a_gap_after_the_breaker", 8, {"unicorns": 1, "sweeps": 1}),
    "rejection-block": Picture("rejection_block_of_half_a_wick", 4, {"rejection_blocks": 1, "sweeps": 1}),
    "propulsion-block": Picture(
        "propulsion_block_and_its_middle", 5, {"propulsion_blocks": 1, "order_blocks": 1}
    ),
    "breaks": Picture("change_of_character_turns_the_trend", 10, {"breaks": 9}),
    "ote": Picture("up_leg_and_its_band", 7, {"ote_bands": True, "breaks": 2}),
    "equal-highs": Picture("equal_highs_of_one_price", 18, {"pools": 1}),
    "higher-zone": Picture("higher_block", 8, {"higher_zones": 1}),
    "past-day": Picture("days_with_holes", 9, {"period_levels": 2}),
    "sweep": Picture("sell_side_swept_once", 4, {"sweeps": 1}),
    "reversal": Picture("long_reversal", 4, {"sweeps": 1, "breaks": 1}),
    "displacement": Picture("displacement_ties_count", 21, {"displacements": 1}),
    "major": Picture("major_structure_is_a_walk_of_its_own", 8, {"major_swings": 2, "strong_levels": True}),
    "divergence": Picture("pair_makes_the_lower_low", 6, {"divergences": 1}),
    "shift": Picture("shift_with_displacement_at_the_break", 23, {"sweeps": 1, "breaks": 1}),
    "delivery": Picture("delivery_changes_above_the_run_of_the_sweep", 8, {"sweeps": 1}),
}


@dataclass(frozen=True)
class SetupPicture:
    """A trade of a preset on a synthetic market: the first one whose target is at most `most_r` away."""

    drawn: dict[str, Any]
    most_r: float = 4.0


SETUP_FOLDER = FOLDER.parent / "setups"
# Candles before that of the signal.
BEFORE = 36
_SHIFT = {"sweeps": 4, "breaks": 2}
SETUPS = {
    "SilverBullet": SetupPicture({"gaps": 2, "sweeps": 1}),
    "2022Model": SetupPicture({**_SHIFT, "gaps": 1}),
    "Unicorn": SetupPicture({**_SHIFT, "unicorns": 1}),
    "Breaker": SetupPicture({"breakers": 1, "sweeps": 1}),
    "InversionGap": SetupPicture({"inversion_gaps": 1, "sweeps": 1}),
    "TurtleSoup": SetupPicture({"sweeps": 1}),
    "JudasSwing": SetupPicture({**_SHIFT, "sessions": 2}),
    "OteTrend": SetupPicture({"order_blocks": 1, "gaps": 1, "ote_bands": True, "breaks": 1}),
    "Cisd": SetupPicture({"sweeps": 1}),
    "HigherBlock": SetupPicture({**_SHIFT, "higher_zones": 1}),
}


def setup_drawn(name: str) -> str:
    """Draw a preset's trade: its patterns, and entry, stop and target from the close of the signal on."""
    one, params = SETUPS[name], preset(name)
    columns, entry, levels = next(
        (columns, entry, levels)
        for columns, entry in found(name)
        if entry.candle > BEFORE
        and np.ptp(columns.chart.candles.time[entry.candle - BEFORE : entry.candle + 1]) == BEFORE * QUARTER
        and (levels := planned(columns, entry)) is not None
        and abs((levels.target or levels.entry) - levels.entry) <= one.most_r * levels.risk
    )
    candles = columns.chart.candles
    prices = {price: getattr(candles, price) for price in ("open", "high", "low", "close")}
    frame = pd.DataFrame({"date": pd.to_datetime(candles.time, utc=True), **prices, "volume": 1.0})
    trade = Position(entry.side, int(candles.time[entry.candle]), levels.entry, levels.stop, levels.target)
    settings = DrawingSettings.parse({**NOTHING, **one.drawn, "position": True})
    return picture(
        frame.iloc[: entry.candle + 1], params, settings, f"{name}: entry, stop and target",
        first=entry.candle - BEFORE, trades=[trade],
    )  # fmt: skip


def planned(columns: Columns, entry: Entry) -> Levels | None:
    """Stop and target of an entry; None where it has none."""
    params, row, side = columns.chart.params, entry.candle, entry.side
    count = len(columns.chart.candles)
    stop = (
        find_entries(columns).stop
        if params.entry_at == "close"
        else find_resting(columns, np.full(count, TICK), np.ones(count, np.bool_))[side].stop
    )[row]
    draws = columns.chart.draw[side].waiting(row).tolist()
    signal, grid = Signal(side, float(stop), 0.0, 0.0, entry.price, draws=draws), Grid(TICK, 0.001)
    try:
        return signal.levels_from(entry.price, signal.stop_for(entry.price, grid), grid, params)
    except LevelError:
        return None


def drawn(name: str) -> str:
    """Draw one picture."""
    one = PICTURES[name]
    table: Table = next(table for table in tables.TABLES if table.name == one.table)
    known = set(Params.__dataclass_fields__)
    params = Params(**{key: value for key, value in table.params.items() if key in known})
    settings = DrawingSettings.parse({**NOTHING, **one.drawn})
    other = table.frame_of(table.reference, ()) if table.reference else None
    return picture(table.frame()[: one.until + 1], params, settings, f"{name}: {table.rule}", other)


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in PICTURES:
        (FOLDER / f"{name}.svg").write_text(drawn(name), encoding="utf-8")
    SETUP_FOLDER.mkdir(parents=True, exist_ok=True)
    for name in SETUPS:
        (SETUP_FOLDER / f"{name}.svg").write_text(setup_drawn(name), encoding="utf-8")
