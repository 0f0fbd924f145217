"""The league's own tests on markets whose answer is known: chance alone, and edges that were planted.

    python -m ict_lab.league.known_answers --seeds 200 --kinds zone event

On random walks without costs each test may say "edge" in 5 % of the runs. Then an edge is planted: after each
trade of a first pass price drifts its way; how often it is found is printed beside what the intervals claim.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from ict.analysis import Analysis
from ict.exits.engine import Exits
from ict.params import Params
from ict.setups.entries import find_entries
from ict_lab.chance.placebo import Placebo
from ict_lab.command_line import OneSentenceParser
from ict_lab.league.results import CERTAIN, FALSE_DISCOVERIES, net_of
from ict_lab.league.trading import Spec, by_random_entries, mean_net_r, trades_of
from ict_lab.replay.account import Account
from ict_lab.replay.contracts import Contract
from ict_lab.replay.engine import Replayed, Setup, replay
from ict_lab.replay.markets import Market
from ict_lab.replay.scene import Scene
from ict_lab.replay.tape import tape_of
from ict_lab.statistics.null_distribution import NullDistribution

PAIR, START, BALANCE = "WALK/USDT:USDT", "2024-01-01", 10_000.0
DAYS, CANDLES_A_DAY, STEPS, VOLATILITY = 180, 96, 16, 0.003
# How long price drifts after a trade, and how far a candle, in parts of its usual move.
HORIZON, DRIFT = 16, 0.1
DRAWS = 40
_CLOSES: dict[str, Any] = {"zones": [], "events": ["cisd"], "require": []}
KINDS: Mapping[str, dict[str, Any]] = MappingProxyType(
    {
        "zone": {"zones": ["fvg"], "require": [], "entry": {"at": "zone"}},
        "event": _CLOSES,
        "session": {**_CLOSES, "windows": ["london", "new_york"]},
        "liquidity target": {"zones": ["ob"], "require": [], "target": "liquidity"},
    }
)


@dataclass(frozen=True)
class Found:
    """What the tests said of one market.

    Attributes
    ----------
    mean, error : float
        Mean R and its standard error.
    p_values : tuple[float, float, float]
        Of H1, H2 and H3.
    """

    mean: float
    error: float
    p_values: tuple[float, float, float]


def walk(random: np.random.Generator, days: int = DAYS) -> pd.DataFrame:
    """Draw candles of 15 minutes whose price is expected to stay what it is."""
    count, deviation = days * CANDLES_A_DAY, VOLATILITY / np.sqrt(STEPS)
    moves = random.normal(-(deviation**2) / 2, deviation, (count, STEPS))
    path = 1000 * np.exp(np.cumsum(moves.ravel())).reshape(count, STEPS)
    opened = np.append(1000.0, path[:-1, -1])
    frame = pd.DataFrame(
        {
            "date": pd.date_range(START, periods=count, freq="15min", tz="UTC"),
            "open": opened,
            "high": np.maximum(opened, path.max(axis=1)),
            "low": np.minimum(opened, path.min(axis=1)),
            "close": path[:, -1],
            "volume": 1.0,
        }
    )
    prices = ["open", "high", "low", "close"]
    frame[prices] = frame[prices].round(2)
    return frame


def planted(frame: pd.DataFrame, replayed: Replayed, half: int, drift: float) -> pd.DataFrame:
    """Have price drift the way of each trade for a while after it."""
    at, pushed = replayed.entries.at, np.zeros(len(frame) + HORIZON + 1)
    side = np.where(at < half, 1.0, -1.0)
    for after in range(1, HORIZON + 1):
        np.add.at(pushed, at % half + after, side * drift * VOLATILITY)
    shift = np.cumsum(pushed)[: len(frame)]
    before = np.append(0.0, shift[:-1])
    opened, close = frame["open"] * np.exp(before), frame["close"] * np.exp(shift)
    high, low = (frame[name] * np.exp(shift) for name in ("high", "low"))
    moved = {"open": opened, "close": close}
    moved["high"], moved["low"] = (
        np.maximum.reduce([high, opened, close]),
        np.minimum.reduce([low, opened, close]),
    )
    return frame.assign(**{name: np.round(values, 2) for name, values in moved.items()})


def scene_on(frame: pd.DataFrame, params: Params) -> Scene:
    """Analyse a market without costs."""
    nothing = np.zeros(len(frame))
    market = Market(PAIR, frame, {}, 0, nothing, nothing, Analysis(frame, params).columns())
    return Scene([market], tape_of([market]), Account(BALANCE, 1), [Contract(0.001)], fee=0.0)


def found_on(kind: str, drift: float, seed: int, draws: int = DRAWS, days: int = DAYS) -> Found:
    """Draw a market, plant an edge of a size in it (0 for none), and test a setup of a kind on it."""
    random = np.random.default_rng([seed, *kind.encode()])
    params = Params.parse({"setup": KINDS[kind], "htf_gate": False, "min_stop_costs": 0.0})
    setup, frame = Setup(params, find_entries), walk(random, days)
    if drift:
        first = scene_on(frame, params)
        frame = planted(frame, replay(first, setup), first.tape.half, drift)
    scene = scene_on(frame, params)
    replayed = replay(scene, setup)
    net = net_of(trades_of(replayed, scene.tape, Spec(fee=0.0, maker_fee=0.0)))
    moved = by_random_entries(replayed, scene.tape, Exits.of(params), draws, random)
    placebo = Placebo(scene, setup)
    drawn = np.array([mean_net_r(placebo.drawn(random)) for _ in range(draws)])
    others = [NullDistribution(one, one, 0.0, net.mean, net.count).fitted_p_value for one in (moved, drawn)]
    return Found(net.mean, net.error, (net.p_value, others[0], others[1]))


def share_found(found: Sequence[Found], test: int) -> float:
    """Share of the markets in which a test says "edge" at 5 %."""
    return float(np.mean([one.p_values[test] <= FALSE_DISCOVERIES for one in found]))


def power_claimed(found: Sequence[Found]) -> float:
    """Share in which H1 should, by the standard errors, where all have the mean of all."""
    true, quantile = np.mean([one.mean for one in found]), stats.norm.ppf(CERTAIN)
    return float(np.mean([stats.norm.cdf(true / one.error - quantile) for one in found]))


def main(arguments: Sequence[str] | None = None) -> int:
    """Say how often each test finds nothing where there is nothing, and what was planted where it was."""
    parser = OneSentenceParser(prog="python -m ict_lab.league.known_answers", description=__doc__)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=[*KINDS], metavar="KIND")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args(arguments)
    print("share of markets with an edge at 5 %, by H1 (mean), H2 (random entries), H3 (placebo)")
    with ProcessPoolExecutor(options.workers, multiprocessing.get_context("spawn")) as pool:
        for kind in options.kinds:
            for drift in (0.0, DRIFT):
                found = list(pool.map(partial(found_on, kind, drift), range(options.seeds)))
                shares = ", ".join(f"{share_found(found, test):.1%}" for test in range(3))
                mean = np.mean([one.mean for one in found])
                claimed = f"; H1 claims {power_claimed(found):.1%}" if drift else ""
                print(f"{kind}, {'planted' if drift else 'chance'}: {shares}; mean {mean:+.3f} R{claimed}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
