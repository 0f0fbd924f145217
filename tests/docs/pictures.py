"""Write the pictures of the documentation: ``python -m tests.docs.pictures``.

Those of the rules' page are of the hand tables, those of the setups' page the presets' charts, and one
has the order blocks of three rules on the same candles.
"""

import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from ict_lab.docs.pictures import picture, picture_of_marks
from ict_lab.peers import COLUMNS, luxalgo_blocks, our_blocks

from ict import Params
from ict.drawing import DrawingSettings
from ict.drawing.marks import Look, Marks
from ict.drawing.position import Position
from ict.drawing.settings import limits
from tests.oracle import tables
from tests.oracle.table import Table
from tests.strategy.preset_charts import CHARTS
from tests.strategy.test_setup_presets import preset
from tests.support.markets import candle_frame

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "images" / "patterns"
# Nothing but what a picture asks for.
NOTHING = {
    name: not limit.is_switch and limit.low
    for name, limit in limits().items()
    if name not in {"drawing", "drawn_candles", "ahead_candles"}
}


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
    "true-breaker": Picture("sweep_by_the_candle_that_makes_the_breaker_counts", 6,
        {"breakers": 1, "sweeps": 1}),
    "balanced-range": Picture("balanced_range_and_its_end", 6, {"balanced_ranges": 1}),
    "unicorn": Picture("unicorn_of_a_gap_after_the_breaker", 8, {"unicorns": 1, "sweeps": 1}),
    "rejection-block": Picture("rejection_block_of_half_a_wick", 4, {"rejection_blocks": 1, "sweeps": 1}),
    "propulsion-block": Picture("propulsion_block_and_its_middle", 5,
        {"propulsion_blocks": 1, "order_blocks": 1}),
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
}  # fmt: skip


SETUP_FOLDER = FOLDER.parent / "setups"
# Candles before that of the signal, and room behind it for the names of its prices.
BEFORE, AHEAD = 36, 18
_SHIFT = {"sweeps": 1, "breaks": 1}
# What the painter draws of each preset's hand-made chart.
SETUPS: dict[str, dict[str, Any]] = {
    "SilverBullet": {"gaps": 1, "sweeps": 1},
    "2022Model": {**_SHIFT, "gaps": 1},
    "Unicorn": {**_SHIFT, "unicorns": 1},
    "Breaker": {"breakers": 1, "sweeps": 1},
    "InversionGap": {"inversion_gaps": 1, "sweeps": 1},
    "TurtleSoup": {"sweeps": 1},
    "JudasSwing": {"sweeps": 1, "sessions": 2},
    "OteTrend": {"order_blocks": 1, "ote_bands": True, "breaks": 1},
    "Cisd": {"sweeps": 1},
    "HigherBlock": {**_SHIFT, "higher_zones": 1},
}


def setup_drawn(name: str) -> str:
    """Draw a preset's last entry on its chart: its patterns, and entry, stop and target from there on."""
    chart = next(chart for chart in CHARTS if chart.preset == name)
    entry, frame = chart.expected[chart.last], chart.frame().iloc[: chart.last + 1]
    at = int(frame["date"].iloc[-1].value)
    trade = Position(entry.side, at, entry.price, entry.stop, entry.target)
    settings = DrawingSettings.parse({**NOTHING, **SETUPS[name], "position": True, "ahead_candles": AHEAD})
    return picture(
        frame, preset(name), settings, f"{name}: entry, stop and target", higher=chart.higher_frames(),
        first=max(chart.last - BEFORE, 0), trades=[trade],
    )  # fmt: skip


PEERS_FILE = FOLDER.parent / "order_blocks.svg"
# A rise to a high, a fall, and a rise beyond the high: candles and prices of the turns.
TURNS = (
    (0, 88), (60, 95), (102, 110), (106, 106), (110, 107.5), (120, 98), (124, 101), (136, 92), (140, 94),
    (152, 103), (155, 101), (163, 112), (166, 111),
)  # fmt: skip
# What is shown of it begins here: smartmoneyconcepts needs as much before its first swing.
PEERS_FIRST = 96
# What smartmoneyconcepts 0.0.27 says of these candles; it is not installed where pictures are made.
LIBRARY_BLOCK = (1, 92.9, 92.0, 137, 162, -1)


def peers_candles() -> pd.DataFrame:
    """Walk from turn to turn with a wobble that looks like a market."""
    at, prices = zip(*TURNS, strict=True)
    n = np.arange(at[-1] + 1)
    close = (np.interp(n, at, prices) + ((2 * n * n + 4 * n) % 19 - 9) / 10).round(1)
    opened = np.append(close[0], close[:-1])
    high, low = np.maximum(opened, close) + (1 + n % 3) / 10, np.minimum(opened, close) - (1 + n % 4) / 10
    return candle_frame([*zip(opened, high, low, close, strict=True)])


def peers_blocks() -> dict[str, pd.DataFrame]:
    """List what each rule shows after the last candle."""
    candles = peers_candles()
    library = pd.DataFrame([LIBRARY_BLOCK], columns=COLUMNS)
    found = {"ours": our_blocks(candles), "LuxAlgo": luxalgo_blocks(candles), "library": library}
    return {name: blocks[blocks["ended_at"] < 0] for name, blocks in found.items()}


def peers_drawn() -> str:
    """Draw the blocks of three rules as each rule does: the others' from their origin on."""
    marks = {
        name: Marks(
            *(blocks[column].to_numpy() for column in ("direction", "top", "bottom")),
            blocks["known_at" if name == "ours" else "origin_at"].to_numpy(),
            blocks["ended_at"].to_numpy(),
            np.full(len(blocks), Look.FRESH, np.int8),
        )
        for name, blocks in peers_blocks().items()
    }
    title = "Order blocks by our rule, LuxAlgo's and smartmoneyconcepts'"
    return picture_of_marks(peers_candles(), marks, title, first=PEERS_FIRST)


def drawn(name: str) -> str:
    one = PICTURES[name]
    table: Table = next(table for table in tables.TABLES if table.name == one.table)
    known = set(Params.__dataclass_fields__)
    params = Params(**{key: value for key, value in table.params.items() if key in known})
    settings = DrawingSettings.parse({**NOTHING, **one.drawn})
    other = table.frame_of(table.reference, ()) if table.reference else None
    return picture(table.frame()[: one.until + 1], params, settings, f"{name}: {table.rule}", other)


if __name__ == "__main__":
    logging.disable(logging.WARNING)  # of strategies that miss a whole configuration
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in PICTURES:
        (FOLDER / f"{name}.svg").write_text(drawn(name), encoding="utf-8")
    SETUP_FOLDER.mkdir(parents=True, exist_ok=True)
    for name in SETUPS:
        (SETUP_FOLDER / f"{name}.svg").write_text(setup_drawn(name), encoding="utf-8")
    PEERS_FILE.write_text(peers_drawn(), encoding="utf-8")
