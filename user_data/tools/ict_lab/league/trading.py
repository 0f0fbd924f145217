"""What one variant made on the candles, and what chance made in its place."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import pandas as pd

from ict.candles import Floats
from ict.exits.engine import Exits
from ict.market.sessions import KILL_ZONES, kill_zones, new_york_time
from ict_lab.chance.placebo import Placebo
from ict_lab.chance.random_entries import moved_entries
from ict_lab.errors import LabError, check_ranges
from ict_lab.fees import MAKER_FEE, TAKER_FEE
from ict_lab.league.stretch import Stretch
from ict_lab.league.subjects import Subject, find_entries_of
from ict_lab.replay.account import Account
from ict_lab.replay.contracts import Contract, tiers_of
from ict_lab.replay.engine import Replayed, Setup, replay
from ict_lab.replay.exits import simulate_exits
from ict_lab.replay.limits import DAY
from ict_lab.replay.markets import load_market
from ict_lab.replay.scene import Scene
from ict_lab.replay.tape import Tape, tape_of
from loopback.symbols import SPECS

BALANCE, BALANCE_RATIO = 10_000.0, 0.95
# For an unknown contract; a result in R hardly depends on it.
USUAL_LOT = 0.001
SESSIONS = ("none", *KILL_ZONES)
# Of one side, ratio: more is a percentage that was not divided.
MOST_FEE = 0.02


@dataclass(frozen=True)
class Spec:
    """How much is drawn, and what trading costs.

    Attributes
    ----------
    random_draws, placebo_draws, seed : int
        As `docs/protocol.md` has them, unless a person names others.
    fee, maker_fee : float
        Of one side, ratio of the notional.
    """

    random_draws: int = 200
    placebo_draws: int = 100
    seed: int = 1
    fee: float = TAKER_FEE
    maker_fee: float = MAKER_FEE

    def __post_init__(self) -> None:
        check_ranges(1, draws=self.random_draws, placebo_draws=self.placebo_draws)
        check_ranges(0, seed=self.seed)
        check_ranges(0, MOST_FEE, fee=self.fee, maker_fee=self.maker_fee)


# Of a model that traded nothing, too.
COLUMNS = {
    "pair": "str", "side": "str", "opened": "datetime64[ns, UTC]", "closed": "datetime64[ns, UTC]",
    "session": "object", "net_r": "float", "gross_r": "float", "maker_r": "float",
}  # fmt: skip


@dataclass(frozen=True)
class Traded:
    """What a variant made.

    Attributes
    ----------
    subject : Subject
        The variant.
    trades : pandas.DataFrame
        pair, side, opened, closed, session, net_r, gross_r, maker_r: what the net result would be if the
        entry paid the maker's fee.
    returns : Floats
        Profit of each UTC day over the money at the start.
    random, placebo : Floats
        Mean net R of each draw of chance; empty where none was made.
    refused : str
        Why it could not be traded; empty where it was.
    seconds : float
        Processor time.
    """

    subject: Subject
    trades: pd.DataFrame = field(repr=False)
    returns: Floats = field(repr=False)
    random: Floats = field(repr=False)
    placebo: Floats = field(repr=False)
    refused: str = ""
    seconds: float = 0.0


def trade(subject: Subject, stretch: Stretch, spec: Spec) -> Traded:
    """Trade a variant by the replay, and draw what chance makes of a base."""
    logging.getLogger("freqtrade").setLevel(logging.ERROR)
    begun, nothing = time.process_time(), np.zeros(0)
    try:
        scene = scene_of(subject, stretch, spec)
        setup = Setup(subject.params, find_entries_of(subject))
        replayed = replay(scene, setup)
    except LabError as error:
        return Traded(
            subject, trades_of(None, None, spec), np.zeros(stretch.days), nothing, nothing, str(error)
        )
    trades = trades_of(replayed, scene.tape, spec)
    returns = daily_returns(replayed, stretch)
    random, placebo = nothing, nothing
    if subject.role == "base" and len(trades):
        chance = np.random.default_rng([spec.seed, *subject.name.encode()])
        random = by_random_entries(replayed, scene.tape, Exits.of(subject.params), spec.random_draws, chance)
        drawn = Placebo(scene, setup)
        placebo = np.array([mean_net_r(drawn.drawn(chance)) for _ in range(spec.placebo_draws)])
    return Traded(subject, trades, returns, random, placebo, "", time.process_time() - begun)


def scene_of(subject: Subject, stretch: Stretch, spec: Spec) -> Scene:
    """Load and analyse the candles for a variant."""
    contracts = [_contract(pair) for pair in stretch.pairs]
    where = stretch.timeframe, stretch.start, stretch.end, subject.params
    markets = [
        load_market(stretch.folder, pair, *where, contract.tick)
        for pair, contract in zip(stretch.pairs, contracts, strict=True)
    ]
    account = Account(BALANCE, len(markets), BALANCE_RATIO)
    tape = tape_of(markets, subject.params.trail_timeframe)
    return Scene(markets, tape, account, contracts, spec.fee)


@lru_cache
def _contract(pair: str) -> Contract:
    known = next((one for one in SPECS.values() if one.pair == pair), None)
    if known is None:
        return Contract(USUAL_LOT, tiers_of(pair))
    return Contract(float(known.step), tiers_of(pair), tick=float(known.tick))


def trades_of(replayed: Replayed | None, tape: Tape | None, spec: Spec) -> pd.DataFrame:
    """Tabulate trades, each in R: what it made over what its first stop would have lost before costs."""
    if replayed is None or tape is None or not len(replayed.entries):
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in COLUMNS.items()})
    entries, results = replayed.entries, replayed.results
    risk = entries.entry - entries.stop
    net = replayed.taken.profit / (risk * replayed.taken.amount)
    opened = tape.time_of(entries.at)
    names = list(tape.begins)
    return pd.DataFrame(
        {
            "pair": [names[number] for number in tape.pair_of(entries.at)],
            "side": np.where(entries.at < tape.half, "long", "short"),
            "opened": pd.to_datetime(opened, utc=True),
            "closed": pd.to_datetime(tape.time_of(results.ended_at), utc=True),
            "session": _sessions(opened),
            "net_r": net,
            "gross_r": results.gross_r,
            "maker_r": net + (spec.fee - spec.maker_fee) * np.abs(entries.entry) / risk,
        }
    )


def _sessions(opened: np.typing.NDArray[np.int64]) -> np.typing.NDArray[np.object_]:
    # The rule needs rising times.
    times, place = np.unique(opened, return_inverse=True)
    return np.array(SESSIONS, np.object_)[kill_zones(new_york_time(times))][place]


def daily_returns(replayed: Replayed, stretch: Stretch) -> Floats:
    """Add up what was closed on each UTC day, over the money at the start."""
    orders, taken = replayed.orders, replayed.taken
    at = np.stack([np.where(taken.part > 0, orders.parted, orders.closed), orders.closed], axis=1)
    made = np.stack([taken.part_profit, taken.rest_profit], axis=1)
    days = at.ravel() // DAY - stretch.start.floor("D").value // DAY
    returns: Floats = np.bincount(days, made.ravel(), stretch.days) / BALANCE
    return returns


def by_random_entries(
    replayed: Replayed, tape: Tape, exits: Exits, draws: int, random: np.random.Generator
) -> Floats:
    """Enter all trades at other times, and give the mean net R of each draw."""
    count = len(replayed.entries)
    moved = moved_entries(tape, replayed.entries, exits, random.random(draws))
    means: Floats = simulate_exits(tape, moved, exits).net_r.reshape(draws, count).mean(axis=1)
    return means


def mean_net_r(replayed: Replayed) -> float:
    """Mean net R of the trades of a draw; 0 where there are none."""
    if not len(replayed.entries):
        return 0.0
    risk = replayed.entries.entry - replayed.entries.stop
    return float(np.mean(replayed.taken.profit / replayed.taken.amount / risk))
