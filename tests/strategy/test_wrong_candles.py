"""Candles that are wrong: told with pair, timeframe and time, never traded, and the other pairs go on."""

import re
import shutil
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from freqtrade.exceptions import OperationalException
from ict_host.analyst import Analyst
from ict_host.wanted import Wanted

from ict import ParameterError, Params
from ict.catalogue.kinds import Kind
from ict.setups.entries import find_entries
from tests.strategy.host import load
from tests.strategy.support import BTC, ETH, Workplace, exported
from tests.support.compare import differences, kind_of, names_of
from tests.support.markets import resampled, second_market, stretch, synthetic

FRAME = synthetic(600, seed=71)
IMPOSSIBLE = FRAME.assign(high=FRAME["high"].where(FRAME.index != 500, FRAME["low"] - 1))
LOOSE = Params(entry_threshold=0.0, htf_gate=False, min_stop_atr=1.0, trail_timeframe="4h")
TIMERANGE = "20240301-20240325"


class Told(list[str]):
    """What a trader was told."""

    def analyst(self, *, live: bool = True) -> Analyst:
        wanted = Wanted({}, find_entries, own="all")
        return Analyst(self.append, wanted, live=live)


def analysed(analyst: Analyst, frame: pd.DataFrame, higher: Any = None) -> pd.DataFrame:
    return analyst.analysed(BTC, "15m", frame, LOOSE, higher or {})


@pytest.mark.parametrize("live", [True, False])
def test_an_impossible_candle_says_nothing(live: bool) -> None:
    """All columns are there, as in an analysis, and none of them says anything."""
    told = Told()
    right, wrong = (analysed(told.analyst(live=live), frame) for frame in (FRAME, IMPOSSIBLE))
    assert set(wrong.columns) == set(right.columns)
    for name in names_of(wrong):
        empty = wrong[name].eq("") if kind_of(name) is Kind.WORD else wrong[name].isna() | wrong[name].eq(0)
        assert empty.all(), name
    columns = Told().analyst(live=live).columns(BTC, right, LOOSE, dict)
    assert columns is not None
    assert find_entries(columns).direction.any()
    assert Told().analyst(live=live).columns(BTC, wrong, LOOSE, dict) is None
    (said,) = told
    assert said.startswith(f"{BTC} 15m is not analysed and gives no entry: candle in row 500 is impossible")
    assert said.endswith(f", at {FRAME['date'][500]:%Y-%m-%d %H:%M} UTC")


def test_a_second_market_without_candles_is_told_once() -> None:
    """SMT-1: the pair is analysed without it; with its candles the two diverge somewhere."""
    told, params = Told(), Params(reference_pairs=(BTC, ETH))
    assert params.reference_of(BTC) == ETH
    assert params.reference_of("LTC/USDT:USDT") == BTC
    analyst = told.analyst()
    silent, speaks = (
        analyst.analysed(BTC, "15m", FRAME, params, {}, {ETH: second})
        for second in (pd.DataFrame(), second_market(FRAME))
    )
    assert not silent["ict_smt"].any()
    assert set(speaks["ict_smt"]) == {-1, 0, 1}
    assert told == [f"{BTC} is not compared with {ETH} (reference_pairs): no candles"]


REACHED = [{"entry_threshold": 7.0}, {"entry_threshold": 8.5, "points_fvg": 3.0}, {"entry_threshold": 0.0}]


@pytest.mark.parametrize(("block", "fault"), [
    # SIG-2: it would start, and never trade. Block, gap, OTE and trend make 7.
    ({"entry_threshold": 7.5}, "entry_threshold must be at most 7, the points of .*, was 7.5: no entry"),
    ({"entry_threshold": 5.5, "use_htf": "off"}, "entry_threshold must be at most 5,"),
    ({"setup": {"require": ["swept"], "threshold": 1.5}}, "entry_threshold must be at most 1,"),
    ({"pairs": {"BTC/.*": {"use_ob": "off", "points_fvg": 0.5}, "ETH/.*": {}}, "entry_threshold": 5.0},
     'ict.pairs "BTC/..": entry_threshold must be at most 4,'),
    *((block, None) for block in REACHED),
    ({"use_smt": "points"}, "use_smt needs reference_pairs"),
    ({"use_smt": "points", "reference_pairs": [BTC]}, None),
])  # fmt: skip
def test_a_setup_that_could_never_enter_stops_the_start(block: dict[str, Any], fault: str | None) -> None:
    """So in a backtest, and in the check before a start."""
    with pytest.raises(OperationalException, match=fault) if fault else nullcontext():
        load(block)


def test_it_is_told_once_in_all_windows() -> None:
    """A live bot's window moves on, and the bad candle's row with it."""
    told = Told()
    analyst = told.analyst()
    for start in range(3):
        analysed(analyst, stretch(IMPOSSIBLE, start, 550 + start))
    assert len(told) == 1
    # The window behind it is well again.
    assert (analysed(analyst, stretch(IMPOSSIBLE, 501, 600))["ict_ob_direction"] != 0).any()


def test_a_bad_higher_frame_and_candles_of_another_length() -> None:
    told = Told()
    day = resampled(FRAME, "1d")
    for frame, higher in ((FRAME, {"4h": day}), (resampled(FRAME, "1h"), {})):
        assert not analysed(told.analyst(), frame, higher)["ict_ob_direction"].any()
    assert "4h candles must be 0 days 04:00:00 apart, are 1 days 00:00:00 apart" in told[0]
    assert "15m candles must be 0 days 00:15:00 apart, are 0 days 01:00:00 apart" in told[1]


def test_missing_higher_candles_are_told_once() -> None:
    told = Told()
    analyst, four = told.analyst(), resampled(FRAME, "4h")
    for end in (590, 600):
        whole = analysed(analyst, FRAME.iloc[:end])
        short = analysed(analyst, FRAME.iloc[:end], {"4h": four.iloc[:10]})
        assert not differences(short, whole, names_of(whole))
    assert len(told) == 1
    assert told[0].startswith(f"{BTC} 4h lacks ")


def test_an_error_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Live it costs the pair's entries, not the bot; a backtest ends with it."""
    told = Told()
    analyst = told.analyst()
    with pytest.raises(ParameterError, match="must not be shorter than a base candle, was 1h"):
        analyst.analysed(BTC, "4h", resampled(FRAME, "4h"), Params(trend_timeframe="1h"), {})
    # What columns there are is known by now, as in a bot that runs.
    analysed(analyst, IMPOSSIBLE)
    monkeypatch.setattr("ict.analysis.Columns", lambda *_: 1 / 0)
    for _ in range(2):
        assert not analysed(analyst, FRAME)["ict_trend"].any()
    what = "ZeroDivisionError('division by zero')"
    assert told[1:] == [f"{BTC} 15m is not analysed and gives no entry: {what}"]
    with pytest.raises(ZeroDivisionError):
        analysed(told.analyst(live=False), FRAME)


@pytest.fixture(scope="module")
def broken_datadir(datadir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the real candles; BTC has a float's error in one, ETH an impossible one and a hole in its 4h."""
    folder = tmp_path_factory.mktemp("broken") / "binance"
    shutil.copytree(datadir, folder)
    futures = folder / "futures"
    for pair, factor in (("BTC", 1 - 1e-10), ("ETH", 0.5)):
        path = futures / f"{pair}_USDT_USDT-15m-futures.feather"
        frame = pd.read_feather(path)
        at = int(np.flatnonzero(frame["date"] >= "2024-03-05 10:00")[0])
        frame.loc[at, "high"] = frame.loc[at, ["open", "close"]].max() * factor
        frame.to_feather(path)
    path = futures / "BTC_USDT_USDT-4h-futures.feather"
    four = pd.read_feather(path)
    four[four["date"] < "2024-02-01"].reset_index(drop=True).to_feather(path)
    return folder


def test_a_backtest_of_a_good_and_a_bad_pair(
    workplaces: Callable[..., Workplace], datadir: Path, broken_datadir: Path
) -> None:
    """BTC trades as if nothing was wrong, though its 4h file ends in January; ETH is told, and not traded.

    A second market that is wrong or has no candles is told, and done without.
    """
    trades = {}
    for name, data, pairs in (("whole", datadir, [BTC]), ("broken", broken_datadir, [BTC, ETH])):
        place = workplaces(f"candles-{name}", data=data)
        config = {
            "exchange": {"pair_whitelist": pairs},
            "ict": {"entry_threshold": 4.0, "htf_gate": True, "reference_pairs": [ETH, "SOL/USDT:USDT"]},
        }
        run = place.analyse("backtesting", TIMERANGE, "--export", "trades", "--cache", "none", config=config)
        assert run.returncode == 0, run.stderr[-3000:]
        trades[name] = exported(place.folder / "user_data" / "backtest_results")["trades"]
    assert len(trades["whole"]) > 20
    # Freqtrade reads the tick off the candles' digits: where a float's error is among them, exits are finer.
    same = ("pair", "open_date", "open_rate", "close_date", "enter_tag")
    broken, whole = ([[trade[name] for name in same] for trade in trades[name]] for name in trades)
    assert broken == whole
    # A narrow terminal wraps what is said.
    said = " ".join(run.stderr.split())
    assert len(re.findall(f"{ETH} 15m is not analysed .* at 2024-03-05 10:00 UTC", said)) == 1
    assert said.count(f"{BTC} 4h lacks ") == 1
    assert said.count(f"{BTC} is not compared with {ETH} (reference_pairs): second market: candle in") == 1
    assert said.count(f"{ETH} is not compared with SOL/USDT:USDT (reference_pairs): no candles") == 1


def test_entries_see_the_higher_candles_that_were_given() -> None:
    """A live bot's own candles are too few to make those of a month."""
    given, tops = resampled(FRAME, "4h").iloc[:-1], []
    given[["open", "high", "low", "close"]] *= 2
    for higher in ({"4h": given}, {}):
        columns = Told().analyst(live=True).columns(BTC, FRAME, LOOSE, lambda higher=higher: higher)
        assert columns is not None
        tops.append(columns.chart.seen("4h").blocks.top.max())
    assert tops[0] > 1.5 * tops[1]
