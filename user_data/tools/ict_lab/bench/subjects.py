"""What is timed: our analysis and, on the same candles, what its peers offer for the same purpose.

Each gets its candles in the form it likes best, made before the clock starts. The peers run with their own
defaults, compiled code warm, and with as many threads as they like.
"""

import os
import warnings
from importlib.metadata import version

import numpy as np
import pandas as pd
from freqtrade.enums import RunMode
from ict_host.analyst import Analyst
from ict_host.wanted import Wanted

from ict import Params, analyse
from ict.columns import GROUPS, MVP_GROUPS
from ict.memory import memory_candles
from ict.setups.entries import find_entries
from ict_lab.bench.timing import Subject, Work

PEERS = ("smartmoneyconcepts", "pyvsmc", "numba", "polars")
HOSTS = ("freqtrade", "numpy", "pandas")
SMC_MVP = ("smc fvg", "smc swings", "smc ob")
SMC_ALL = (*SMC_MVP, "smc bos_choch", "smc liquidity", "smc previous", "smc sessions", "smc retracements")
# What a bot with the default settings needs on 15m.
LIVE_CANDLES = memory_candles(Params(), 7 * 96)
# The patterns that the second book of rules added.
SECOND_BOOK = {"levels", "major", "further_zones", "higher_zones", "second_market"}


def versions(*, peers: bool) -> str:
    """Name the versions of what is timed or rested on, with those of the peers where these are timed."""
    return ", ".join(f"{name} {version(name)}" for name in (*(PEERS if peers else ()), *HOSTS))


def ours(frame: pd.DataFrame) -> dict[str, Subject]:
    """Our analysis: of the MVP, of the first book of rules and of both, two of them on a live window."""
    params, live = Params(), frame.tail(LIVE_CANDLES)
    first_book = [group for group in GROUPS if group not in SECOND_BOOK]
    return {
        "MVP": Subject(lambda: analyse(frame, params, groups=MVP_GROUPS), each_round=10),
        "first book": Subject(lambda: analyse(frame, params, groups=first_book), each_round=5),
        "both books": Subject(lambda: analyse(frame, params), each_round=5),
        "live": Subject(_by_a_bot(live, params), each_round=50),
        "live, both books": Subject(lambda: analyse(live, params), each_round=20),
    }


def _by_a_bot(candles: pd.DataFrame, params: Params) -> Work:
    """Analyse as a bot does: what its settings use, and what FreqUI plots."""
    wanted = Wanted({"runmode": RunMode.LIVE}, find_entries, own="used")
    analyst = Analyst(print, wanted, live=True)
    return lambda: analyst.analysed("BTC/USDT:USDT", "15m", candles, params, {})


def smartmoneyconcepts(frame: pd.DataFrame) -> dict[str, Subject]:
    """Each of its functions; those after the swings take them as an input."""
    # It thanks its users on standard output, in colour.
    os.environ["SMC_CREDIT"] = "0"
    from smartmoneyconcepts import smc

    candles = frame.set_index("date")
    swings = smc.swing_highs_lows(candles)
    calls: dict[str, Work] = {
        "smc fvg": lambda: smc.fvg(candles),
        "smc swings": lambda: smc.swing_highs_lows(candles),
        "smc ob": lambda: smc.ob(candles, swings),
        "smc bos_choch": lambda: smc.bos_choch(candles, swings),
        "smc liquidity": lambda: smc.liquidity(candles, swings),
        "smc previous": lambda: smc.previous_high_low(candles),
        "smc sessions": lambda: smc.sessions(candles, "London open kill zone"),
        "smc retracements": lambda: smc.retracements(candles, swings),
    }
    return {name: Subject(_quiet(call)) for name, call in calls.items()}


def pyvsmc(frame: pd.DataFrame) -> dict[str, Subject]:
    """Its gaps and blocks with mitigation; and everything, on all candles and on a live bot's window."""
    import polars
    import pyvsmc as peer

    names = ("open", "high", "low", "close")
    opened, high, low, close = (np.ascontiguousarray(frame[name].to_numpy()) for name in names)
    table = polars.DataFrame({name: frame[name].to_numpy() for name in names})
    live = table.tail(LIVE_CANDLES)

    def gaps_and_blocks() -> object:
        gaps = peer.detect_fvg(high, low, close=close, compute_mitigation=True)
        return gaps, peer.detect_order_blocks(opened, high, low, close, compute_mitigation=True)

    return {
        "pyvsmc MVP": Subject(gaps_and_blocks, each_round=2),
        "pyvsmc all": Subject(lambda: peer.add_smc_columns(table), each_round=2),
        "pyvsmc live": Subject(lambda: peer.add_smc_columns(live), each_round=20),
    }


def _quiet(call: Work) -> Work:
    """Without what it makes of newer pandas: filtered warnings cost it nothing that matters."""

    def work() -> object:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return call()

    return work
