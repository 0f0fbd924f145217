"""The examples of docs/own_strategy.md run as they stand there."""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from freqtrade.config_schema import CONF_SCHEMA
from freqtrade.data.dataprovider import DataProvider
from freqtrade.enums import RunMode, TradingMode
from freqtrade.resolvers import StrategyResolver
from freqtrade.strategy.interface import IStrategy
from ict_lab.docs.commands import blocks, read

from tests.support.markets import synthetic
from tests.support.places import REPOSITORY as ROOT

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
        "strategy": name, "strategy_path": str(folder), "user_data_dir": folder, "datadir": folder,
        "dataformat_ohlcv": "feather", "trading_mode": TradingMode.FUTURES, "candle_type_def": "futures",
        "stake_currency": "USDT", "runmode": RunMode.BACKTEST, "dry_run": True,
        "exchange": {"name": "binance", "pair_whitelist": [PAIR]},
    }  # fmt: skip
    strategy = StrategyResolver.load_strategy(config)
    strategy.dp = DataProvider(config, None)
    strategy.ft_bot_start()
    return strategy


@pytest.mark.parametrize("name", STRATEGIES)
def test_freqtrade_loads_it_and_it_signals_on_both_sides(
    name: str, tmp_path: Path, candles: pd.DataFrame
) -> None:
    """Without looking ahead, and the first example where its words say."""
    strategy = loaded(name, tmp_path)

    def signalled(upto: int) -> pd.DataFrame:
        frame = strategy.populate_indicators(candles[:upto].copy(), {"pair": PAIR})
        return strategy.populate_entry_trend(frame, {"pair": PAIR})

    signals, sides = signalled(len(candles)), ["enter_long", "enter_short"]
    longs, shorts = (signals[signals[side] == 1] for side in sides)
    assert len(longs) > 0
    assert len(shorts) > 0
    assert not longs.index.intersection(shorts.index).any()
    for upto in (1500, 2001, 2750):
        assert np.array_equal(signalled(upto)[sides], signals[sides][:upto])
    if name == "KillZoneStrategy":
        assert set(longs["ict_kill_zone"]) | set(shorts["ict_kill_zone"]) <= {"london", "new_york"}
        assert (longs["ict_range_position"] < 0.5).all()
        assert (shorts["ict_range_position"] > 0.5).all()
        assert (longs["ict_long_stop"] < longs["close"]).all()
        assert strategy.params().risk_reward == 3.0


def with_candles(folder: Path, candles: pd.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    data = folder / "user_data" / "data" / "binance" / "futures"
    data.mkdir(parents=True)
    candles.to_feather(data / "BTC_USDT_USDT-15m-futures.feather")
    monkeypatch.chdir(folder)


def test_the_notebook_runs(
    tmp_path: Path, candles: pd.DataFrame, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with_candles(tmp_path, candles, monkeypatch)
    names: dict[str, Any] = {}
    exec(compile(EXAMPLES[3], "own_strategy.md", "exec"), names)
    assert len(names["breaks"]) > 10
    assert "ict_trend_1h" in capsys.readouterr().out
    assert {"invalidated", "exhausted", "expired"} <= set(names["blocks"]["reason"])


FEATURES = {"%-ict_trend", "%-ict_bos", "%-ict_bull_ob_top", "%-hour"}


def test_freqais_features_are_numbers_and_do_not_look_ahead(tmp_path: Path, candles: pd.DataFrame) -> None:
    """FreqAI itself is not installed here: its calls are made as it makes them, its target is left out."""
    (tmp_path / "IctFreqaiStrategy.py").write_text(EXAMPLES[2], encoding="utf-8")
    config = {"strategy": "IctFreqaiStrategy", "strategy_path": str(tmp_path), "user_data_dir": tmp_path}
    config |= {"trading_mode": TradingMode.FUTURES, "stake_currency": "USDT", "runmode": RunMode.BACKTEST}
    strategy = StrategyResolver.load_strategy(config)

    def features(upto: int) -> pd.DataFrame:
        frame = strategy.feature_engineering_expand_basic(candles[:upto].copy(), {"pair": PAIR})
        frame = strategy.feature_engineering_standard(frame, {"pair": PAIR})
        return frame[[name for name in frame if name.startswith("%-")]]

    whole = features(len(candles))
    assert set(whole) > FEATURES
    assert not whole[50:].isna().any().any()
    assert (whole.nunique() > 1).all(), "each says something"
    pd.testing.assert_frame_equal(features(2000), whole[:2000])
    block = json.loads(blocks(PAGE, "json")[0].text)
    assert set(CONF_SCHEMA["definitions"]["freqai"]["required"]) <= set(block["freqai"])


def test_the_notebook_of_ten_minutes_runs_from_top_to_bottom(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its cells in order, in one namespace, as a kernel runs them; without what it had printed before."""
    with_candles(tmp_path, synthetic(6000, seed=5), monkeypatch)
    for name in ("strategies", "tools"):
        (tmp_path / "user_data" / name).symlink_to(ROOT / "user_data" / name)
    monkeypatch.setattr("sys.path", [*sys.path])
    cells = json.loads(read(ROOT / "user_data" / "notebooks" / "ict_in_ten_minutes.ipynb"))["cells"]
    assert all(not cell.get("outputs") for cell in cells)
    names: dict[str, Any] = {}
    for number, cell in enumerate(cells):
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), f"cell {number}", "exec"), names)
    assert "columns are the same" in capsys.readouterr().out
    assert "<svg" in names["shown"].text
    assert len(names["own"]) > 10
