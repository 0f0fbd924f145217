"""Through Freqtrade's own API: the annotations arrive, and nothing is said against them."""

import json
import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from freqtrade.enums import CandleType, RunMode, TradingMode
from freqtrade.rpc.api_server.api_schemas import PairHistory
from freqtrade.rpc.rpc import RPC

from tests.strategy.support import BTC
from tests.support.folders import SOURCES
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
