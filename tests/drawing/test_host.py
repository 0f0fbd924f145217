"""The hook through Freqtrade's own wrapper: every strategy, every mode, and what happens when it fails."""

import json
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from freqtrade.enums import CandleType, RunMode, TradingMode
from freqtrade.exceptions import OperationalException
from freqtrade.ft_types.plot_annotation_type import AnnotationTypeTA
from freqtrade.resolvers import StrategyResolver
from freqtrade.rpc.api_server.api_schemas import PairHistory, PlotConfig
from freqtrade.rpc.rpc import RPC
from freqtrade.strategy.interface import IStrategy

from ict import analyse
from ict.desk.levels import Levels
from ict.params import settings
from tests.drawing.support import NONE, names, of_type
from tests.oracle import tables
from tests.strategy.host import memory_database, opened
from tests.strategy.support import BTC, ETH
from tests.support.folders import SOURCES
from tests.support.markets import calm, candle_frame, stretch, synthetic, traded
from tests.support.places import STRATEGIES

SHIPPED = "ICTObFvgStrategy"
ALL = sorted(path.stem for path in STRATEGIES.glob("ICT*.py"))
MODES = [RunMode.BACKTEST, RunMode.WEBSERVER, RunMode.DRY_RUN]
# The product in every mode, the others where a chart is looked at.
OTHERS = [(name, RunMode.WEBSERVER) for name in ALL if name != SHIPPED]
CASES = [*((SHIPPED, mode) for mode in MODES), *OTHERS]


class Provider:
    def get_pair_dataframe(self, pair: str, timeframe: str) -> pd.DataFrame:
        return pd.DataFrame(columns=["date", "open", "high", "low", "close", "volume"])


@pytest.fixture(autouse=True)
def _no_errors(caplog: pytest.LogCaptureFixture, request: pytest.FixtureRequest) -> Iterator[None]:
    """Let nothing be logged as an error: Freqtrade logs every annotation that it does not take."""
    yield
    if "fails" not in request.node.name:
        assert [one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR] == []


def strategy_of(name: str = SHIPPED, mode: RunMode = RunMode.WEBSERVER, **config: Any) -> IStrategy:
    """Load a strategy as Freqtrade does; it has no candles of other timeframes."""
    settings = {
        "strategy": name, "strategy_path": str(STRATEGIES), "user_data_dir": Path(STRATEGIES),
        "trading_mode": TradingMode.FUTURES, "stake_currency": "USDT", "runmode": mode, "dry_run": True,
    }  # fmt: skip
    strategy = StrategyResolver.load_strategy(settings | config)
    strategy.ft_load_hyper_params(False)
    strategy.dp = Provider()
    return strategy


def drawn(strategy: IStrategy, frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Ask as Freqtrade does when somebody looks at a chart."""
    annotations = strategy.ft_plot_annotations(BTC, frame)
    for annotation in annotations:
        AnnotationTypeTA.validate_python(annotation, strict=True, extra="forbid")
    return annotations


@pytest.mark.parametrize(("name", "mode"), CASES)
def test_every_strategy_draws_and_the_product_in_every_mode(name: str, mode: RunMode) -> None:
    with memory_database():
        assert len(drawn(strategy_of(name, mode), stretch(traded("BTC"), 5_000, 5_400))) > 20


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("count", [1, 2, 7, 40, 300])
def test_made_markets_of_any_length_are_drawn(count: int, seed: int) -> None:
    drawn(strategy_of(), synthetic(count, seed=seed))


def test_no_candles_and_no_zones_make_an_empty_picture() -> None:
    for frame in (candle_frame([]), candle_frame([(100.0, 100.0, 100.0, 100.0)] * 50)):
        assert drawn(strategy_of(), frame) == []
    # And columns of the analysis do not matter.
    frame = synthetic(300, seed=4)
    assert drawn(strategy_of(), analyse(frame)) == drawn(strategy_of(), frame)


@pytest.mark.parametrize("price", [float("nan"), 0.0, -1.0, float("inf")])
def test_a_chart_with_an_impossible_price_fails_softly(
    price: float, caplog: pytest.LogCaptureFixture
) -> None:
    frame = synthetic(60, seed=4).astype({"close": float})
    frame.loc[30, "close"] = price
    assert drawn(strategy_of(), frame) == []
    assert "The chart of BTC/USDT:USDT comes without its drawings" in caplog.text


def test_whatever_fails_inside_the_chart_still_comes(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    strategy = strategy_of()
    monkeypatch.setattr("ict_host.drawing.draw", lambda *_, **__: 1 / 0)
    assert strategy.ft_plot_annotations(BTC, synthetic(60, seed=4)) == []
    assert "ZeroDivisionError" in caplog.text


def test_a_part_of_the_candles_is_drawn_with_what_was_known_before_it() -> None:
    """FreqUI may ask for the newest candles alone; zones and trend began before."""
    strategy = strategy_of()
    frame = stretch(traded("BTC"), 5_000, 5_600)
    strategy._analysed[BTC] = frame
    part = frame[-120:]
    known, alone = drawn(strategy, part), drawn(strategy_of(), part.reset_index(drop=True))
    assert min(one.get("start", one.get("x")) for one in known) >= part["date"].iloc[0]
    assert len(of_type(known, "area")) > len(of_type(alone, "area"))
    # Newer candles that have been analysed since are not on that chart.
    alone = strategy_of()
    alone._analysed[BTC] = frame[:420]
    assert drawn(strategy, frame[300:420]) == drawn(alone, frame[300:420])


def test_candles_of_another_time_are_not_mixed_up() -> None:
    strategy = strategy_of()
    old, new = synthetic(200, seed=1, start="2023-01-01"), synthetic(200, seed=2, start="2024-01-01")
    strategy._analysed[BTC] = old
    assert drawn(strategy, new) == drawn(strategy_of(), new)


def test_freqtrade_keeps_the_analysed_candles_for_the_chart() -> None:
    strategy = strategy_of()
    frame = synthetic(200, seed=1)
    strategy.analyze_ticker(frame, {"pair": BTC})
    pd.testing.assert_frame_equal(strategy._analysed[BTC][["date", "close"]], frame[["date", "close"]])


@pytest.mark.parametrize("others", ["diverge", "agree", "wrong"])
def test_the_second_market_is_drawn_from_as_it_is_analysed(others: str) -> None:
    """SMT-1: the pair's lower low, which the second market did not make; wrong candles leave the rest."""
    table = next(one for one in tables.TABLES if one.name == "pair_makes_the_lower_low")
    frame, second = table.frame(), table.frame_of(table.reference or (), ())
    given = {"diverge": second, "agree": frame, "wrong": second.assign(high=0.0)}[others]
    params = {name: value for name, value in table.params.items() if name in settings()}
    strategy = strategy_of(ict={**params, "reference_pairs": [ETH]}, ict_drawing={**NONE, "divergences": 1})
    asked: list[tuple[str, str]] = []

    def candles(pair: str, timeframe: str) -> pd.DataFrame:
        asked.append((pair, timeframe))
        return given if pair == ETH else frame[:0]

    strategy.dp.get_pair_dataframe = candles
    labels = [one["label"] for one in of_type(drawn(strategy, frame), "point")]
    assert labels.count("SMT") == (others == "diverge")
    assert (ETH, "15m") in asked


@pytest.mark.parametrize("side", ["long", "short"])
def test_an_open_trade_is_drawn_by_its_own_record(side: str) -> None:
    frame = candle_frame(calm(60, 60_000.0))
    at = datetime(2024, 1, 3, 10, tzinfo=UTC)
    with memory_database():
        strategy = strategy_of(mode=RunMode.DRY_RUN, ict_drawing=NONE)
        trade, _ = opened(side, rate=60_000.0, at=at)
        assert drawn(strategy, frame) == []
        sign = 1 if side == "long" else -1
        levels = Levels(60_000.0, 60_000.0 - sign * 600, 60_000.0 + sign * 1_200)
        strategy._levels.fix(trade, levels, None)
        trade.stop_loss = 60_000.0 - sign * 300
        shown = drawn(strategy, frame)
    stop, target = f"stop {60_000 - sign * 300:,}", f"target {60_000 + sign * 1_200:,}"
    assert names(shown) == sorted(["entry 60,000", stop, target])
    assert {one["start"] for one in of_type(shown, "area")} == {frame["date"].iloc[40]}
    # A young trade's names end with its lines.
    at = {one["label"].split()[0]: one["x"] for one in of_type(shown, "point")}
    ends = max(one["end"] for one in of_type(shown, "line"))
    assert max(at.values()) < ends


def test_the_block_of_the_configuration_is_obeyed() -> None:
    frame = stretch(traded("BTC"), 5_000, 5_400)
    assert drawn(strategy_of(ict_drawing={"drawing": False}), frame) == []
    few = drawn(strategy_of(ict_drawing={"breaks": 1, "sweeps": 0, "swings": 0}), frame)
    assert {one["label"] for one in few if one["type"] == "point" and one["size"] > 1} <= {"BOS", "CHoCH"}
    # A backtest has no open trade to ask for.
    assert drawn(strategy_of(mode=RunMode.BACKTEST, ict_drawing=NONE), candle_frame(calm(60))) == []


@pytest.mark.parametrize(("block", "said"), [
    ({"gaps": 501}, "ict_drawing.gaps must be between 0 and 500, was 501"),
    ({"fvg": 1}, "ict_drawing.fvg is not a setting; known are: drawing, order_blocks"),
])  # fmt: skip
def test_a_wrong_block_stops_the_start(block: dict[str, Any], said: str) -> None:
    with pytest.raises(OperationalException, match="ict_drawing") as error:
        strategy_of(ict_drawing=block)
    assert said in str(error.value)


@pytest.mark.parametrize("timeframe", ["1h", "4h", "1d"])
def test_freq_ui_gets_a_plot_configuration_of_columns_that_are_there(timeframe: str) -> None:
    strategy = strategy_of(ict={"trend_timeframe": timeframe})
    config = PlotConfig.model_validate(strategy.plot_config).model_dump()
    plotted = [*config["main_plot"], *(name for part in config["subplots"].values() for name in part)]
    analysed = strategy.analyze_ticker(synthetic(400, seed=3), {"pair": BTC})
    below = {"trend up", "trend down", f"{timeframe} trend up", f"{timeframe} trend down"}
    score = {"long score", "short score", "threshold"}
    on_candles = {"swing high", "swing low", "long stop", "short stop"}
    assert set(plotted) == on_candles | below | score
    assert set(plotted) <= set(analysed)
    assert analysed.columns.is_unique
    assert set(analysed["threshold"]) == {4.0}
    columns = [("trend", "ict_trend", 1), (f"{timeframe} trend", f"ict_trend_{timeframe}", 2)]
    for name, column, height in columns:
        up, down = analysed[f"{name} up"].fillna(0.0), analysed[f"{name} down"].fillna(0.0)
        assert up.min() == 0 == down.max()
        assert list(up + down) == list(height * analysed[column])


def test_a_day_of_charts_would_not_be_felt() -> None:
    """A chart that is left open asks once a candle; the hook keeps no state that grows with it."""
    strategy, frame = strategy_of(), synthetic(300, seed=6)

    def state() -> dict[str, str]:
        return {name: repr(value)[:1000] for name, value in vars(strategy).items() if name != "_read"}

    first, before = drawn(strategy, frame), state()
    assert (drawn(strategy, frame), state()) == (first, before)
    assert frame["date"].iloc[-1] + timedelta(minutes=60) == max(one["end"] for one in of_type(first, "area"))


# Through Freqtrade's own API


# Its reading of candle files, under a pandas that is newer than it.
@pytest.mark.filterwarnings("ignore:The inplace keyword")
@pytest.mark.parametrize("source", SOURCES)
def test_a_history_chart_arrives_with_its_drawings(source: str, datadirs: Callable[[str], Path]) -> None:
    """What FreqUI's chart of past candles asks for, in the web server's mode."""
    config = {
        "strategy": "ICTObFvgStrategy", "strategy_path": str(STRATEGIES), "user_data_dir": Path(STRATEGIES),
        "trading_mode": TradingMode.FUTURES, "margin_mode": "isolated", "stake_currency": "USDT",
        "runmode": RunMode.WEBSERVER, "dry_run": True, "timeframe": "15m", "timerange": "20230401-20230405",
        "datadir": datadirs(source), "dataformat_ohlcv": "feather", "candle_type_def": CandleType.FUTURES,
    }  # fmt: skip
    answer = RPC._rpc_analysed_history_full(config, BTC, "15m", None, None, False)
    sent = json.loads(PairHistory.model_validate(answer).model_dump_json())
    drawn = sent["annotations"]
    assert len(drawn) == len(answer["annotations"]) > 50
    assert {one["type"] for one in drawn} == {"area", "line", "point"}
    assert {one["label"] for one in drawn} >= {"BOS", "CHoCH", "sweep"}
    # The candles before the chart are known to its zones, but nothing is drawn on them.
    assert min(one.get("start", one.get("x")) for one in drawn) == "2023-04-01T00:00:00Z"


def test_a_running_bots_chart_arrives_with_its_zones_and_its_trade() -> None:
    """What FreqUI asks a bot for: the newest 300 of the candles that it has analysed."""
    frame = stretch(traded("BTC"), 5_000, 5_600)
    entry, at = round(float(frame["close"].iloc[560]), 1), frame["date"].iloc[560].to_pydatetime()
    with memory_database():
        strategy = strategy_of(mode=RunMode.DRY_RUN)
        analysed = strategy.analyze_ticker(frame, {"pair": BTC})
        trade, _ = opened(rate=entry, at=at)
        trade.stop_loss = entry - 600
        strategy._levels.fix(trade, Levels(entry, entry - 600, entry + 1_200), None)
        data = SimpleNamespace(get_analyzed_dataframe=lambda *_: (analysed, at))
        rpc = RPC.__new__(RPC)
        rpc._freqtrade = SimpleNamespace(config=strategy.config, strategy=strategy, dataprovider=data)
        answer = rpc._rpc_analysed_dataframe(BTC, "15m", 300, None)
    sent = json.loads(PairHistory.model_validate(answer).model_dump_json())["annotations"]
    prices = {"entry": entry, "stop": entry - 600, "target": entry + 1_200}
    assert {f"{name} {price:,.6g}" for name, price in prices.items()} <= set(names(sent))
    assert {*prices.values()} <= {one["y_start"] for one in of_type(sent, "line")}
    assert any(name.lstrip("+-") == "OB" for name in names(sent))
    assert (
        min(one.get("start", one.get("x")) for one in sent) >= f"{frame['date'].iloc[300]:%Y-%m-%dT%H:%M:%SZ}"
    )
