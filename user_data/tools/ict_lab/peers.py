"""Count order blocks on the same candles by our rule, LuxAlgo's and smartmoneyconcepts': `make peers`.

LuxAlgo's script is read, not copied: its internal order block as its description has it, with its own
defaults. smartmoneyconcepts is the library itself, where it is installed.
"""

from __future__ import annotations

import importlib
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import talib

from ict import Params
from ict.candles import Candles
from ict.market.chart import Chart
from ict_lab.candles import read_candles
from ict_lab.command_line import OneSentenceParser, failed
from ict_lab.defaults import PAIR, TIMEFRAME
from ict_lab.docs.markdown import table
from ict_lab.errors import LabError

# LuxAlgo's defaults: candles right of an internal swing; a wild candle's range in ATR, and of how many.
LUX_SIZE, LUX_ATR, LUX_WILD = 5, 200, 2.0
COLUMNS = ["direction", "top", "bottom", "origin_at", "known_at", "ended_at"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; return the exit code."""
    parser = OneSentenceParser(prog="make peers", description=__doc__)
    parser.add_argument("--datadir", type=Path, default=Path("user_data/data/binance"))
    parser.add_argument("--last", type=int, default=3000, help="how many candles, the newest; default 3000")
    asked = parser.parse_args(arguments)
    # Freqtrade warns of days at the end that have no candles.
    logging.getLogger("freqtrade").setLevel(logging.ERROR)
    try:
        candles = read_candles(asked.datadir, PAIR, TIMEFRAME).tail(asked.last).reset_index(drop=True)
        if len(candles) < LUX_ATR:
            raise LabError(f"{LUX_ATR} candles of {PAIR} {TIMEFRAME} are needed, {len(candles)} were found")
        print(counted(candles))
    except LabError as error:
        return failed("make peers", error)
    return 0


def counted(candles: pd.DataFrame) -> str:
    """Return the table in Markdown: a row a rule."""
    own = our_blocks(candles)
    found = {"ours (OB-1)": own, "LuxAlgo, internal": luxalgo_blocks(candles)}
    if (library := library_blocks(candles)) is not None:
        found["smartmoneyconcepts, after the last candle"] = library
        found["smartmoneyconcepts, all that it showed"] = library_blocks_ever(candles)
    rows = [[name, *_figures(blocks, own, len(candles))] for name, blocks in found.items()]
    heads = [
        "rule",
        "blocks",
        "on the chart at the end",
        "median height",
        "known after, candles",
        "at a candle of ours",
    ]
    return table(heads, rows)


def our_blocks(candles: pd.DataFrame) -> pd.DataFrame:
    """Return our order blocks; see `COLUMNS`, `ended_at` is -1 for one that lives."""
    chart = Chart(Candles.from_frame(candles), Params())
    return chart.blocks.to_frame(chart.candles.time)[COLUMNS]


def luxalgo_blocks(candles: pd.DataFrame) -> pd.DataFrame:
    """Return LuxAlgo's internal order blocks.

    At a close beyond the last swing, the candle with the extreme between that swing and the break; a wild
    candle counts upside down: it is not chosen. A block ends when a wick crosses its far side.
    """
    high, low, close = (candles[name].to_numpy(np.float64) for name in ("high", "low", "close"))
    wild = high - low >= LUX_WILD * talib.ATR(high, low, close, LUX_ATR)
    top, bottom = np.where(wild, low, high), np.where(wild, high, low)
    rows = []
    for direction, swing, at in _breaks(high, low, close):
        between = bottom[swing:at] if direction > 0 else -top[swing:at]
        origin = swing + int(np.argmin(between))
        wick, edge = (low, bottom[origin]) if direction > 0 else (high, top[origin])
        crossed = direction * (wick[at + 1 :] - edge) < 0
        ended = at + 1 + int(np.argmax(crossed)) if crossed.any() else -1
        edges = sorted((top[origin], bottom[origin]), reverse=True)
        rows.append((direction, *edges, origin, at, ended))
    return pd.DataFrame(rows, columns=COLUMNS)


def _breaks(high: np.ndarray, low: np.ndarray, close: np.ndarray) -> Iterator[tuple[int, int, int]]:
    """Return direction, swing and candle of each first close beyond the newest swing."""
    swings: dict[int, int] = {}
    leg = 0
    for at in range(LUX_SIZE, len(close)):
        pivot, right = at - LUX_SIZE, slice(at - LUX_SIZE + 1, at + 1)
        if high[pivot] > high[right].max() and leg != -1:
            leg, swings[1] = -1, pivot
        elif low[pivot] < low[right].min() and leg != 1:
            leg, swings[-1] = 1, pivot
        for direction, level in ((1, high), (-1, low)):
            swing = swings.get(direction)
            if swing is not None and direction * (close[at] - level[swing]) > 0 >= direction * (
                close[at - 1] - level[swing]
            ):
                del swings[direction]
                yield direction, swing, at


def library_blocks(candles: pd.DataFrame) -> pd.DataFrame | None:
    """Return the blocks that smartmoneyconcepts shows after the last candle; None where it is not installed.

    It does not say when it knew one. Its swings look 50 candles ahead, so none is known before.
    """
    # It thanks its users on standard output, in colour.
    os.environ["SMC_CREDIT"] = "0"
    try:
        smc = importlib.import_module("smartmoneyconcepts").smc
    except ImportError:
        return None
    prices = candles[["open", "high", "low", "close", "volume"]]
    shown = smc.ob(prices, smc.swing_highs_lows(prices))
    shown = shown[shown["OB"].notna()]
    ended = np.where(shown["MitigatedIndex"] > 0, shown["MitigatedIndex"], -1)
    columns = (shown["OB"], shown["Top"], shown["Bottom"], shown.index, np.nan, ended)
    return pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)))


def library_blocks_ever(candles: pd.DataFrame) -> pd.DataFrame:
    """Return what smartmoneyconcepts showed at any of the closes, a hundred candles apart."""
    closes = range(LUX_ATR, len(candles) + 1, 100)
    shown = [blocks for n in closes if (blocks := library_blocks(candles[:n])) is not None]
    return pd.concat(shown).drop_duplicates(["direction", "origin_at"], keep="last")


def _figures(blocks: pd.DataFrame, own: pd.DataFrame, length: int) -> list[str]:
    height = 100 * (blocks["top"] - blocks["bottom"]) / blocks["bottom"]
    alive = int(((blocks["ended_at"] < 0) | (blocks["ended_at"] >= length)).sum())
    delay = (blocks["known_at"] - blocks["origin_at"]).median()
    ours = {*zip(own["direction"], own["origin_at"], strict=True)}
    shared = sum(one in ours for one in zip(blocks["direction"], blocks["origin_at"], strict=True))
    known = "not said" if np.isnan(delay) else f"{delay:.0f}"
    share = f"{100 * shared / max(len(blocks), 1):.0f} %"
    return [str(len(blocks)), str(alive), f"{height.median():.2f} %", known, share]


if __name__ == "__main__":
    sys.exit(main())
