"""The backtests that are checked, each with what it is there for."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.strategy.record import Backtest
from tests.strategy.settings import Settings
from tests.strategy.support import BTC, ETH, STRATEGY, Workplace, copied_strategies, exported, ict_block


@dataclass(frozen=True)
class Run:
    """One backtest.

    Attributes
    ----------
    timerange, pairs
        What is traded; there may be one position a pair.
    settings
        What should hold.
    block, file
        How it is said: the `ict` block of the configuration; the strategy's file, space -> name -> value.
    arguments
        Further words of the command line.
    """

    timerange: str
    settings: Settings
    block: dict[str, Any]
    pairs: tuple[str, ...] = (BTC,)
    file: dict[str, dict[str, Any]] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()

    def execute(self, place: Workplace) -> Backtest:
        """Run it as a process and read what it exported."""
        if self.file:
            strategies = strategies_with(place.folder / "strategies", self.file)
            place = Workplace(place.folder, place.exchange_overlay, place.datadir, strategies)
        config = {
            "ict": ict_block(**self.block),
            "max_open_trades": len(self.pairs),
            "exchange": {"pair_whitelist": list(self.pairs)},
        }
        run = place.analyse(
            "backtesting", self.timerange, "--export", "trades", "--cache", "none", *self.arguments,
            config=config,
        )  # fmt: skip
        assert run.returncode == 0, run.stderr[-3000:]
        results = exported(place.folder / "user_data" / "backtest_results")
        return Backtest(self.settings, self.pairs, results, place.datadir, run.stderr)


def parameter_file(params: dict[str, dict[str, Any]], strategy: str = STRATEGY) -> str:
    """Write a strategy's JSON file as Freqtrade does after a hyperopt."""
    return json.dumps({"strategy_name": strategy, "params": params, "ft_stratparam_v": 1})


def _run(timerange: str, *pairs: str, **settings: Any) -> Run:
    return Run(timerange, Settings(**settings), settings, pairs or (BTC,))


# Far from the defaults, and so little at risk that it limits the size and sometimes falls below the minimum.
OTHER = {
    "risk_reward": 3.0,
    "stop_buffer": 0.005,
    "min_body_ratio": 0.8,
    "risk_per_trade_percent": 0.015,
    "max_daily_trades": 2,
}
OTHER_TIMERANGE = "20231001-20231120"

RUNS: dict[str, Run] = {
    "defaults": _run("20230201-20230405"),
    # A margin of 10 % times five loses about half a percent a day, often more.
    "leverage": _run("20230601-20230720", position_leverage=5, max_daily_loss_percent=0.5),
    "two pairs": _run(
        "20240301-20240410",
        BTC,
        ETH,
        position_leverage=5,
        max_daily_loss_percent=0.5,
        risk_per_trade_percent=0.3,
    ),
    "other": _run(OTHER_TIMERANGE, **OTHER),
    # The file is obeyed, and the block of the configuration wins over it.
    "file": Run(
        OTHER_TIMERANGE,
        Settings(**OTHER),
        {"min_body_ratio": 0.8, "max_daily_trades": 2},
        file={
            "patterns": {"min_body_ratio": 0.5},
            "exits": {"risk_reward": 3.0, "stop_buffer": 0.005},
            "risk": {"risk_per_trade_percent": 0.015, "max_daily_trades": 4},
        },
    ),
}


def strategies_with(folder: Path, file: dict[str, dict[str, Any]]) -> Path:
    """Copy the strategies folder and put a JSON file of parameters beside the strategy."""
    strategies = copied_strategies(folder)
    (strategies / f"{STRATEGY}.json").write_text(parameter_file(file), encoding="utf-8")
    return strategies
