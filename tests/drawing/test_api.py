"""Through Freqtrade's own API: the annotations arrive, and nothing is said against them."""

import json
import logging
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from freqtrade.enums import CandleType, RunMode, TradingMode
from freqtrade.rpc.api_server.api_schemas import PairHistory
from freqtrade.rpc.rpc import RPC

from ict.desk.levels import Levels
from tests.drawing.support import names, of_type
from tests.drawing.test_host import strategy_of
from tests.strategy.host import memory_database, opened
from tests.strategy.support import BTC
from tests.support.folders import SOURCES
from tests.support.markets import stretch, traded
from tests.support.places import STRATEGIES


# Freqtrade's own reading of candle files, under a pandas that is newer than it.
@pytest.mark.filterwarnings("ignore:The inplace keyword")
@pytest.mark.parametrize("source", SOURCES)
def test_a_history_chart_arrives_with_its_drawings(
    source: str, datadirs: Callable[[str], Path], caplog: pytest.LogCaptureFixture
) -> None:
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
    assert [one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR] == []


def test_a_running_bots_chart_arrives_with_its_zones_and_its_trade(caplog: pytest.LogCaptureFixture) -> None:
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
    assert [one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR] == []
