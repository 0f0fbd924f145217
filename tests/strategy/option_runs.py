"""The presets and every option as backtests: many strategies, one process each time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from tests.strategy.record import Backtest
from tests.strategy.settings import Settings
from tests.strategy.support import BTC, STRATEGY, Workplace, all_exported, copied_strategies, parameter_file

PRESETS: dict[str, Settings] = {
    "ICTOrderBlockStrategy": Settings(),
    STRATEGY: Settings(entry_threshold=4.0, htf_gate=True),
    "ICTObTrendStrategy": Settings(
        htf_gate=True, htf_must_agree=True, second_trend_timeframe="1d", max_volatility_percentile=50.0,
        min_stop_atr=2.0, risk_reward=0.0, trail_timeframe="4h",
    ),
    "ICTSweepReversalStrategy": Settings(entry="reversal"),
}  # fmt: skip
PRESETS_TIMERANGE = "20230401-20230601"


@dataclass(frozen=True)
class Option:
    """Settings of the `ict` block on top of a strategy of the project, and what should hold then.

    `file` is the strategy's JSON file: space -> name -> value.
    """

    block: dict[str, Any]
    settings: Settings
    base: str = STRATEGY
    file: dict[str, dict[str, Any]] | None = None


def _on_the_mvp(**block: Any) -> Option:
    return Option({"entry_threshold": 2.0, "htf_gate": False, **block}, Settings(**block))


def _gated(**block: Any) -> Option:
    return Option(block, Settings(**{"entry_threshold": 4.0, "htf_gate": True, **block}))


TREND = PRESETS["ICTObTrendStrategy"]
# Far from the defaults, and so little at risk that it limits the size and sometimes falls below the minimum.
OTHER = {
    "risk_reward": 3.0, "stop_buffer": 0.005, "min_body_ratio": 0.8, "risk_per_trade_percent": 0.015,
    "max_daily_trades": 2,
}  # fmt: skip
OPTIONS: dict[str, Option] = {
    # A margin of 10 % times five loses about half a percent a day, often more.
    "Leverage": _on_the_mvp(position_leverage=5, max_daily_loss_percent=0.5),
    "Other": _on_the_mvp(**OTHER),
    # The file is obeyed, and the block of the configuration wins over it.
    "File": Option(
        {"entry_threshold": 2.0, "htf_gate": False, "min_body_ratio": 0.8, "max_daily_trades": 2},
        Settings(**OTHER),
        file={
            "patterns": {"min_body_ratio": 0.5},
            "exits": {"risk_reward": 3.0, "stop_buffer": 0.005},
            "risk": {"risk_per_trade_percent": 0.015, "max_daily_trades": 4},
        },
    ),
    "Partial": _on_the_mvp(partial_exit_at_r=1.0, position_leverage=5, max_daily_loss_percent=0.5),
    "BreakEven": _on_the_mvp(break_even_at_r=1.0),
    "Trail": _on_the_mvp(trail_timeframe="1h"),
    "TrailAndBreakEven": _on_the_mvp(trail_timeframe="4h", break_even_at_r=0.5, risk_reward=4.0),
    "Wide": _on_the_mvp(min_stop_atr=1.0),
    "NoTarget": _on_the_mvp(risk_reward=0.0),
    "TimeStop": _on_the_mvp(max_hold_candles=6),
    "InTime": _on_the_mvp(
        entry_windows=("07:00-10:00", "22:30-01:15"), entry_weekdays=("monday", "wednesday", "sunday")
    ),
    "SecondTrend": _gated(second_trend_timeframe="1h", entry_threshold=2.0),
    "MustAgree": _gated(htf_must_agree=True, second_trend_timeframe="1d", entry_threshold=2.0),
    "Calm": _on_the_mvp(max_volatility_percentile=60.0),
    "SetD": Option(
        {"max_volatility_percentile": 100.0},
        Settings(**{**vars(TREND), "max_volatility_percentile": 100.0}),
        "ICTObTrendStrategy",
    ),
    "Retest": Option({"entry_events": ["gap"]}, Settings(entry="retest"), "ICTSweepReversalStrategy"),
}
OPTIONS_TIMERANGE = "20230410-20230515"


def _limited(**block: Any) -> Option:
    """Risk enough that limits of a few percent are met."""
    return _on_the_mvp(risk_per_trade_percent=0.5, position_leverage=10, max_daily_trades=20, **block)


LIMITS: dict[str, Option] = {
    "TwoPairs": _on_the_mvp(position_leverage=5, max_daily_loss_percent=0.5, risk_per_trade_percent=0.3),
    "OpenRisk": _limited(max_open_risk_percent=0.6),
    "Week": _limited(max_weekly_loss_percent=1.5, max_daily_loss_percent=100.0),
    "Drawdown": _limited(max_drawdown_percent=2.0, drawdown_days=5),
    "Streak": _limited(max_losing_streak=3, streak_pause_hours=7.5),
    "Cost": _limited(max_cost_r=0.2),
}
LIMITS_TIMERANGE = "20240301-20240410"
# Freqtrade loads each strategy of a list with a copy of the configuration.
_SOURCE = """
from {base} import {base}


class {name}({base}):
    def __init__(self, config):
        config["ict"] = {block!r}
        super().__init__(config)
"""


def write_variant(
    strategies: Path, name: str, block: dict[str, Any], base: str = STRATEGY, more: str = ""
) -> None:
    """Put a strategy beside the others that has an `ict` block of its own, and more lines behind that."""
    source = _SOURCE.format(name=name, base=base, block=block) + more
    (strategies / f"{name}.py").write_text(source, encoding="utf-8")


def with_daily_candles(datadir: Path, folder: Path) -> Path:
    """Make a folder of the same candles and of daily ones, which are made of those of 15 minutes."""
    (folder / "futures").mkdir(parents=True)
    for file in (datadir / "futures").glob("*.feather"):
        (folder / "futures" / file.name).symlink_to(file)
    frame = pd.read_feather(datadir / "futures" / "BTC_USDT_USDT-15m-futures.feather").set_index("date")
    kept = {"open": "first", "high": "max", "low": "min", "close": "last", "volume": "sum"}
    target = folder / "futures" / "BTC_USDT_USDT-1d-futures.feather"
    if not target.exists():
        frame.resample("1D").agg(kept).reset_index().to_feather(target)
    return folder


def run_each(
    make: Callable[[Path], Workplace], folder: Path, options: Mapping[str, Option], timerange: str,
    pairs: tuple[str, ...],
) -> dict[str, Backtest]:  # fmt: skip
    """Run strategies of the project's, each with an `ict` block of its own."""
    strategies = copied_strategies(folder)
    for name, option in options.items():
        write_variant(strategies, name, option.block, option.base)
        if option.file:
            (strategies / f"{name}.json").write_text(parameter_file(option.file, name), encoding="utf-8")
    settings = {name: option.settings for name, option in options.items()}
    return run_all(make(strategies), settings, timerange, pairs)


def run_all(
    place: Workplace, settings: Mapping[str, Settings], timerange: str, pairs: tuple[str, ...] = (BTC,),
    *words: str, **config: Any,
) -> dict[str, Backtest]:  # fmt: skip
    """Backtest strategies in one process; each has its settings from itself."""
    chosen = ("--datadir", str(place.datadir), "--timerange", timerange, "--strategy-list", *settings)
    how = ("--timeframe", "15m", "--export", "trades", "--cache", "none", *words)
    given = {"ict": {}, "max_open_trades": len(pairs), "exchange": {"pair_whitelist": [*pairs]}, **config}
    run = place.run("backtesting", *chosen, *how, config=given)
    assert run.returncode == 0, run.stderr[-3000:]
    folder = place.folder / "user_data" / "backtest_results"
    results = all_exported(folder)
    assert set(results) == set(settings)
    made = place.datadir, run.stderr, folder
    return {name: Backtest(obeyed, pairs, results[name], *made) for name, obeyed in settings.items()}
