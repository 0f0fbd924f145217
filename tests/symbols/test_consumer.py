"""A consumer's entries: those of a bot of its own, and none where the analysis is not to be trusted."""

import logging
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from ccxt import TICK_SIZE
from freqtrade.exceptions import OperationalException
from freqtrade.strategy.interface import IStrategy

from ict.desk.levels import Levels
from tests.strategy.host import load as load_for_research
from tests.strategy.host import memory_database
from tests.strategy.support import BTC, ETH, ict_block
from tests.support.compare import as_arrays, differences, names_of
from tests.symbols.wire import (
    CANDLES,
    CONSUMER,
    Wire,
    analysed_by,
    consumer_block,
    entries_of,
    load,
    market,
    window,
)

PRODUCT, REVERSALS = "ICTObFvgStrategy", "ICTSweepReversalStrategy"
# A consumer of another preset, as the docstring of ICTConsumerStrategy says.
OTHER_CONSUMER = f"""
from ict_host.consumer import FromProducer
from {REVERSALS} import {REVERSALS}


class OtherConsumer(FromProducer, {REVERSALS}):
    pass
"""
NEWEST = 1_600
SIDES = {"long": "enter_long", "short": "enter_short"}
MARKET = market()

# Freqtrade 2026.9 itself uses an argument that pandas 3.1 deprecates.
pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword")


@pytest.fixture(autouse=True)
def _database() -> Iterator[None]:
    with memory_database():
        yield


def consumer(*names: str, **changed: Any) -> Wire:
    """Start a consumer of these producers, of the default one if none is named."""
    return Wire(load(CONSUMER, external_message_consumer=consumer_block(*names), **changed))


@cache
def sent_at(newest: int) -> pd.DataFrame:
    """Analyse the market up to a candle as the producer does."""
    return analysed_by(load(PRODUCT), window(MARKET, newest))


@cache
def entry() -> int:
    """Find a candle on which the product enters."""
    row = entries_of(sent_at(NEWEST)).index[-1]
    return NEWEST + 1 - CANDLES + int(row)


@pytest.fixture
def other_consumer(tmp_path: Path) -> Path:
    (tmp_path / "OtherConsumer.py").write_text(OTHER_CONSUMER, encoding="utf-8")
    return tmp_path


def test_it_enters_where_a_bot_of_its_own_would_candle_by_candle() -> None:
    check_same_entries(load(PRODUCT), consumer(), range(NEWEST, NEWEST + 40), least=10)


def test_so_does_a_consumer_of_another_preset(other_consumer: Path) -> None:
    # Its entries are events, which have no points.
    alone = load(REVERSALS, ict={})
    row = int(entries_of(analysed_by(alone, window(MARKET, NEWEST))).index[-1])
    newest = NEWEST + 1 - CANDLES + row
    wire = Wire(load("OtherConsumer", other_consumer, external_message_consumer=consumer_block(), ict={}))
    check_same_entries(alone, wire, range(newest - 4, newest + 4), least=1)


def check_same_entries(alone: IStrategy, wire: Wire, candles: range, least: int) -> None:
    """Require the same side, tag and stop on every candle, the first frame whole, then one row at a time."""
    wire.send(analysed_by(alone, window(MARKET, candles[0])))
    entries = 0
    for newest in candles:
        mine = analysed_by(alone, window(MARKET, newest))
        if newest > candles[0]:
            assert no_entry(wire.loop(window(MARKET, newest))), "before the analysis is there"
            wire.send(mine.tail(1))
        taken = wire.loop(window(MARKET, newest))
        for side, column in SIDES.items():
            assert taken[column].iat[-1] == mine[column].iat[-1]
            if mine[column].iat[-1]:
                entries += 1
                assert taken["enter_tag"].iat[-1] == mine["enter_tag"].iat[-1]
                assert stop(wire.consumer, side, newest) == pytest.approx(stop(alone, side, newest), abs=1e-9)
    assert entries >= least
    assert wire.told() == []


def stop(strategy: IStrategy, side: str, newest: int) -> float:
    closed = MARKET["date"].iat[newest] + pd.Timedelta(minutes=15)
    return float(strategy._signal(BTC, side, closed).stop)


def no_entry(frame: pd.DataFrame) -> bool:
    return not frame[list(SIDES.values())].iloc[-1].any()


def test_it_has_the_producers_columns_as_the_strategy_itself_would() -> None:
    wire, sent = consumer(), sent_at(NEWEST)
    assert wire.consumer.informative_pairs() == [], "it loads no candles of higher timeframes"
    wire.send(sent)
    taken = wire.loop(window(MARKET, NEWEST))
    assert names_of(taken) == names_of(sent)
    assert {name: taken[name].dtype for name in names_of(taken)} == {
        name: sent[name].dtype for name in names_of(sent)
    }
    assert not differences(as_arrays(taken), as_arrays(sent), names_of(sent), relative=1e-9)


# What keeps it from an entry


def test_a_dead_producer_means_no_entry_told_once_and_told_when_it_is_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seconds = [1_000.0]
    monkeypatch.setattr("ict_host.consumer.time.monotonic", lambda: seconds[0])
    wire = consumer()
    wire.send(sent_at(entry() - 1))
    wire.loop(window(MARKET, entry() - 1))
    for _ in range(3):
        assert no_entry(wire.loop(window(MARKET, entry())))
        assert wire.told() == []
        seconds[0] += 20.0
    for _ in range(3):
        assert no_entry(wire.loop(window(MARKET, entry())))
        seconds[0] += 900.0
    (text,) = wire.told()
    assert "No entries on BTC/USDT:USDT: no analysis of the newest candle has come" in text
    assert f"the last is of {MARKET['date'].iat[entry() - 1]:%Y-%m-%d %H:%M}" in text
    wire.send(sent_at(entry()).tail(1))
    assert not no_entry(wire.loop(window(MARKET, entry())))
    assert wire.told()[1:] == ["Entries again on BTC/USDT:USDT: the producer's analysis is back"]


def test_pairs_with_the_same_trouble_are_told_together(caplog: pytest.LogCaptureFixture) -> None:
    wire = consumer()
    for pair in (BTC, ETH):
        assert no_entry(wire.loop(window(MARKET, entry()), pair))
    wire.consumer._outages._patience = 0.0
    with caplog.at_level(logging.WARNING, logger="ict_host.consumer"):
        for _ in range(3):
            wire.told()
    told = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert told == ["No entries on BTC/USDT:USDT, ETH/USDT:USDT: no analysis has come from default"]


Change = Callable[[pd.DataFrame], pd.DataFrame]


def set_newest(name: str, value: Any) -> Change:

    def change(frame: pd.DataFrame) -> pd.DataFrame:
        changed = frame.astype({name: object})
        changed.loc[changed.index[-1], name] = value
        return changed

    return change


BROKEN: dict[str, tuple[Change, str]] = {
    "column missing": (lambda frame: frame.drop(columns="ict_trend_4h"), "has no ict_trend_4h: strategy"),
    "no column at all": (lambda frame: frame[["date", "close"]], "has no open, high, low, enter_long"),
    "no date": (lambda frame: frame.drop(columns="date"), "has no date"),
    "times as words": (lambda frame: frame.assign(date="now"), "could not be read|date in the producer"),
    "a candle twice": (lambda frame: pd.concat([frame, frame.tail(1)]), "each candle's time once"),
    "words for prices": (set_newest("ict_long_stop", "low"), "ict_long_stop .* must hold numbers"),
    "half a direction": (set_newest("ict_trend", 0.5), "ict_trend .* must hold whole numbers"),
    "a direction too large": (set_newest("ict_trend", 1e9), "ict_trend .* must hold whole numbers"),
    "an unknown direction": (set_newest("ict_trend_4h", None), "ict_trend_4h .* must hold whole numbers"),
    "a flag of two": (set_newest("ict_in_bull_fvg", 2), "ict_in_bull_fvg .* must hold true or false"),
    "numbers for words": (lambda frame: frame.assign(ict_kill_zone=1), "ict_kill_zone .* must hold words"),
    "another exchange": (set_newest("close", 1.0), "close at .* both must see one exchange"),
    "a stop moved": (set_newest("ict_long_stop", 1.0), "settings of (patterns|confluence) must be the same"),
    "entries removed": (lambda frame: frame.assign(enter_long=0, enter_short=0), "settings of confluence"),
    "too short": (lambda frame: frame.tail(300), "could not be checked: that takes more than"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_an_analysis_that_is_not_right_is_refused_with_a_reason(case: str) -> None:
    change, reason = BROKEN[case]
    wire = consumer()
    # By hand, since Freqtrade itself would stumble over some of them.
    wire.consumer.dp.get_producer_df = lambda *_, **__: (change(sent_at(entry())), pd.Timestamp(1))
    for _ in range(3):
        frame = wire.loop(window(MARKET, entry()))
        assert no_entry(frame)
        assert np.isnan(frame["ict_long_stop"]).all()
    (text,) = wire.told()
    assert re.search(reason, text), text
    wire.consumer.dp.get_producer_df = lambda *_, **__: (sent_at(entry()), pd.Timestamp(2))
    assert not no_entry(wire.loop(window(MARKET, entry())))


OTHER_SETTINGS = {
    "min_body_ratio": 0.8, "max_touches": 1, "ob_max_age_candles": 60, "mean_threshold": True,
    "min_gap_percent": 0.2, "fvg_max_age_candles": 20, "swing_strength_candles": 4,
    "pool_swing_strength_candles": 2, "equal_tolerance_atr": 0.5, "pool_max_age_candles": 30,
    "stop_buffer": 0.004, "trend_timeframe": "1h", "entry_threshold": 4.0, "htf_gate": True,
}  # fmt: skip


@pytest.mark.parametrize("name", OTHER_SETTINGS)
def test_a_producer_with_other_settings_is_found_out(name: str) -> None:
    """Of all columns: by default those alone are sent that the entries and FreqUI ask for."""
    wire = consumer(ict_columns="all")
    producer = load(PRODUCT, ict_columns="all", ict=ict_block(**{name: OTHER_SETTINGS[name]}))
    wire.send(analysed_by(producer, window(MARKET, NEWEST)))
    assert not len(entries_of(wire.loop(window(MARKET, NEWEST))))
    (text,) = wire.told()
    assert "must be the same on both sides" in text


def of_other_settings(frame: pd.DataFrame) -> pd.DataFrame:
    """Analyse as a producer that came back with other settings does."""
    other = load(PRODUCT, ict=ict_block(stop_buffer=0.004))
    return analysed_by(other, window(MARKET, entry())).tail(1)


LATER: dict[str, tuple[Change, str]] = {
    **{case: BROKEN[case] for case in ("another exchange", "entries removed")},
    "other settings": (of_other_settings, "_stop at"),
}


@pytest.mark.parametrize("case", LATER)
def test_each_newest_candle_is_looked_at_also_after_the_first(case: str) -> None:
    change, reason = LATER[case]
    wire = consumer()
    wire.send(sent_at(entry() - 1))
    wire.loop(window(MARKET, entry() - 1))
    assert wire.told() == []
    wire.send(change(sent_at(entry()).tail(1)))
    assert no_entry(wire.loop(window(MARKET, entry())))
    assert re.search(reason, wire.told()[0])


def test_a_second_producer_stands_in_for_the_first() -> None:
    wire = consumer("first", "second")
    wire.send(sent_at(entry() - 1), producer="first")
    assert no_entry(wire.loop(window(MARKET, entry())))
    wire.send(sent_at(entry()), producer="second")
    assert not no_entry(wire.loop(window(MARKET, entry())))


def test_whatever_else_goes_wrong_there_is_no_entry(caplog: pytest.LogCaptureFixture) -> None:
    wire = consumer()
    wire.send(sent_at(entry()))
    wire.consumer.find_entries = lambda *_: 1 / 0
    received = wire.consumer._columns(BTC, window(MARKET, entry()))
    assert np.isnan(received["ict_long_stop"]).all()
    assert "could not be read (ZeroDivisionError)" in wire.told()[0]
    assert "division by zero" in caplog.text


# What it leaves alone


def test_an_open_trade_keeps_its_stop_while_the_producer_is_silent() -> None:
    """Its trail waits as well: without swings there is nothing to move the stop behind."""
    settings = ict_block(trail_timeframe="4h")
    wire, producer = consumer(ict=settings), load(PRODUCT, ict=settings)
    wire.send(analysed_by(producer, window(MARKET, entry())))
    wire.loop(window(MARKET, entry()))
    assert np.isfinite(trailed(wire)[1])
    wire.loop(window(MARKET, entry() + 1))
    moved_to, swing = trailed(wire)
    assert (moved_to, np.isnan(swing)) == (-np.inf, True)


def trailed(wire: Wire) -> tuple[float, float]:
    """Ask where the stop of a long far in profit goes, and give the swing that it could go behind."""
    trade = SimpleNamespace(
        pair=BTC, trade_direction="long", price_precision=0.1, amount_precision=0.001,
        precision_mode_price=TICK_SIZE, precision_mode=TICK_SIZE,
    )  # fmt: skip
    swing = wire.consumer.dp.get_analyzed_dataframe(BTC, "15m")[0]["ict_swing_low_4h"].iat[-1]
    return wire.consumer._earned_stop(trade, Levels(1.0, 0.9, None), 1e9), float(swing)


def test_a_backtest_has_no_producer_and_analyses_by_itself() -> None:
    frame = window(MARKET, NEWEST)
    results = []
    for name in (PRODUCT, CONSUMER):
        strategy = load_for_research(name=name)
        strategy.dp = SimpleNamespace(
            get_pair_dataframe=lambda *_: pd.DataFrame(), current_whitelist=lambda: [BTC]
        )
        assert strategy.informative_pairs() == [(BTC, "4h"), (BTC, "1d")]
        results.append(strategy.analyze_ticker(frame.copy(), {"pair": BTC}))
    pd.testing.assert_frame_equal(*results)
    assert len(entries_of(results[1]))


# Starts that must not happen


@pytest.mark.parametrize(("block", "changed", "sentence"), [
    ({}, {}, r"external_message_consumer\.enabled must be true: add -c user_data/config/consumer\.json"),
    (consumer_block(enabled=False), {}, "enabled must be true"),
    (consumer_block(producers=[]), {}, "set FREQTRADE__EXTERNAL_MESSAGE_CONSUMER__PRODUCERS"),
    (consumer_block(remove_entry_exit_signals=True), {}, "remove_entry_exit_signals must be false"),
    (consumer_block(), {"process_only_new_candles": True}, "process_only_new_candles must be false"),
    # A producer sends columns, and what rests is decided on zones.
    (consumer_block(), {"ict": {"entry_at": "zone"}}, "^entry_at must be close where a producer analyses"),
])  # fmt: skip
def test_it_refuses_to_start(block: dict[str, Any], changed: dict[str, Any], sentence: str) -> None:
    with pytest.raises(OperationalException, match=sentence):
        load(CONSUMER, external_message_consumer=block, **changed)
