"""The examples of docs/own_strategy.md run as they stand there."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from freqtrade.data.dataprovider import DataProvider
from freqtrade.enums import RunMode, TradingMode
from freqtrade.resolvers import StrategyResolver
from freqtrade.strategy.interface import IStrategy

from tests.docs.markdown import ROOT, blocks, read
from tests.support.markets import synthetic

PAGE = read(ROOT / "docs" / "own_strategy.md")
EXAMPLES = [block.text for block in blocks(PAGE, "python")]
STRATEGIES = {"KillZoneStrategy": EXAMPLES[0], "SweepStrategy": EXAMPLES[1]}
PAIR = "BTC/USDT:USDT"


@pytest.fixture(scope="module")
def candles() -> pd.DataFrame:
    return synthetic(3000, seed=5)


def loaded(name: str, folder: Path) -> IStrategy:
    """Load an example as Freqtrade does, up to the moment before its first candle."""
    (folder / f"{name}.py").write_text(STRATEGIES[name], encoding="utf-8")
    config: dict[str, Any] = {
        "strategy": name,
        "strategy_path": str(folder),
        "user_data_dir": folder,
        "datadir": folder,
        "dataformat_ohlcv": "feather",
        "trading_mode": TradingMode.FUTURES,
        "candle_type_def": "futures",
        "stake_currency": "USDT",
        "runmode": RunMode.BACKTEST,
        "dry_run": True,
        "exchange": {"name": "binance", "pair_whitelist": [PAIR]},
    }
    strategy = StrategyResolver.load_strategy(config)
    strategy.dp = DataProvider(config, None)
    strategy.ft_bot_start()
    return strategy


@pytest.mark.parametrize("name", STRATEGIES)
def test_freqtrade_loads_it_and_it_signals_on_both_sides(
    name: str, tmp_path: Path, candles: pd.DataFrame
) -> None:
    strategy = loaded(name, tmp_path)
    frame = strategy.populate_indicators(candles.copy(), {"pair": PAIR})
    signals = strategy.populate_entry_trend(frame, {"pair": PAIR})
    assert signals["enter_long"].sum() > 0
    assert signals["enter_short"].sum() > 0
    assert not ((signals["enter_long"] == 1) & (signals["enter_short"] == 1)).any()


def test_the_first_example_enters_where_its_words_say(tmp_path: Path, candles: pd.DataFrame) -> None:
    strategy = loaded("KillZoneStrategy", tmp_path)
    frame = strategy.populate_indicators(candles.copy(), {"pair": PAIR})
    signals = strategy.populate_entry_trend(frame, {"pair": PAIR})
    longs, shorts = (signals[signals[f"enter_{side}"] == 1] for side in ("long", "short"))
    assert set(longs["ict_kill_zone"]) | set(shorts["ict_kill_zone"]) <= {"london", "new_york"}
    assert (longs["ict_range_position"] < 0.5).all()
    assert (shorts["ict_range_position"] > 0.5).all()
    assert (longs["ict_long_stop"] < longs["close"]).all()
    assert strategy.params().risk_reward == 3.0


@pytest.mark.parametrize("name", STRATEGIES)
def test_an_example_does_not_look_ahead(name: str, tmp_path: Path, candles: pd.DataFrame) -> None:
    strategy = loaded(name, tmp_path)

    def signals(upto: int) -> pd.DataFrame:
        frame = strategy.populate_indicators(candles[:upto].copy(), {"pair": PAIR})
        return strategy.populate_entry_trend(frame, {"pair": PAIR})[["enter_long", "enter_short"]]

    whole = signals(len(candles))
    for upto in (1500, 2001, 2750):
        assert np.array_equal(signals(upto), whole[:upto])


def test_the_notebook_runs(
    tmp_path: Path, candles: pd.DataFrame, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "user_data" / "data" / "binance" / "futures"
    folder.mkdir(parents=True)
    candles.to_feather(folder / "BTC_USDT_USDT-15m-futures.feather")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    exec(compile(EXAMPLES[2], "own_strategy.md", "exec"), names)
    printed = capsys.readouterr().out
    assert len(names["breaks"]) > 10
    assert "ict_trend_1h" in printed
    assert {"invalidated", "exhausted", "expired"} <= set(names["blocks"]["reason"])
