"""The real Freqtrade as a process: shipped configuration, loopback exchange, scratch folder."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ict_lab.bots import forks
from ict_lab.bots.isolation import NETWORK_GUARD

from tests.support.patience import PATIENCE
from tests.support.places import NOWHERE, REPOSITORY, STRATEGIES, TOOLS

STRATEGY = "ICTObFvgStrategy"
BTC, ETH = "BTC/USDT:USDT", "ETH/USDT:USDT"
# What is compiled by another process just now has such a name.
HALF_WRITTEN = shutil.ignore_patterns("*.pyc.*")
# What every run of these tests adds to the `ict` block: they check the MVP, the order block alone.
MVP: dict[str, Any] = {"entry_threshold": 2.0, "htf_gate": False}


def ict_block(**settings: Any) -> dict[str, Any]:
    return {**MVP, **settings}


@dataclass(frozen=True)
class Workplace:
    """A scratch folder in which Freqtrade runs, so that nothing is written into the repository.

    `exchange_overlay` sends every request to the loopback exchange; the strategy is loaded from `strategies`.
    """

    folder: Path
    exchange_overlay: Path
    datadir: Path
    strategies: Path = field(default=STRATEGIES)

    @classmethod
    def make(
        cls, folder: Path, exchange_overlay: Path, datadir: Path, strategies: Path = STRATEGIES
    ) -> "Workplace":
        """Create the folders that Freqtrade wants and the guard that keeps it off the network."""
        for name in ("user_data/backtest_results", "user_data/hyperopt_results", "logs", "guard"):
            (folder / name).mkdir(parents=True)
        (folder / "guard" / "sitecustomize.py").write_text(NETWORK_GUARD, encoding="utf-8")
        return cls(folder, exchange_overlay, datadir, strategies)

    @property
    def refused_hosts(self) -> list[str]:
        """Hosts beyond this machine that Freqtrade tried to reach."""
        log = self.folder / "guard" / "sitecustomize.py.refused"
        return log.read_text(encoding="utf-8").split() if log.exists() else []

    def run(
        self, command: str, *arguments: str, config: dict[str, Any] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run one Freqtrade command with the shipped configuration and an overlay, and return what it did."""
        overlay = self.folder / "test.json"
        overlay.write_text(json.dumps({"ict": ict_block(), **(config or {})}), encoding="utf-8")
        base, public = REPOSITORY / "config.json", REPOSITORY / "user_data" / "config" / "public_data.json"
        files = (base, public, self.exchange_overlay, overlay)
        words = [word for file in files for word in ("-c", str(file))]
        line = [sys.executable, "-m", "freqtrade", command, *words]
        line += ["--userdir", str(self.folder / "user_data"), "--strategy-path", str(self.strategies)]
        return run_process([*line, *arguments], self.folder, self.strategies)

    def analyse(
        self, command: str, timerange: str, *arguments: str, config: Any = None, strategy: str = STRATEGY
    ) -> subprocess.CompletedProcess[str]:
        """Run a command that needs candles and the strategy."""
        data = ("--datadir", str(self.datadir), "--timerange", timerange, "--strategy", strategy)
        return self.run(command, *data, *arguments, config=config)


def run_process(line: Sequence[str], folder: Path, strategies: Path) -> subprocess.CompletedProcess[str]:
    """Run a command line in a scratch folder, without this process's Freqtrade settings."""
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("FREQTRADE__", "PYTEST"))
    }
    # A tool that asks whether Binance answers hears no; ccxt does not look at this.
    # Hyperopt's workers find the sibling package through PYTHONPATH; COLUMNS keeps rich from breaking tables.
    paths = os.pathsep.join((str(folder / "guard"), str(strategies), str(TOOLS)))
    added = {"PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "400", "HTTPS_PROXY": NOWHERE}
    return forks.run(line, cwd=folder, env=clean | added, timeout=PATIENCE)


def copied_strategies(folder: Path) -> Path:
    """Copy the strategies folder, so that a test may write into it; what is compiled is so there, too."""
    shutil.copytree(STRATEGIES, folder, ignore=HALF_WRITTEN)
    return folder


def parameter_file(params: dict[str, dict[str, Any]], strategy: str = STRATEGY) -> str:
    """Write a strategy's JSON file as Freqtrade does after a hyperopt."""
    return json.dumps({"strategy_name": strategy, "params": params, "ft_stratparam_v": 1})


def strategies_with(folder: Path, file: dict[str, dict[str, Any]]) -> Path:
    strategies = copied_strategies(folder)
    (strategies / f"{STRATEGY}.json").write_text(parameter_file(file), encoding="utf-8")
    return strategies


def exported(folder: Path, strategy: str = STRATEGY) -> dict[str, Any]:
    return all_exported(folder)[strategy]


def all_exported(folder: Path) -> dict[str, Any]:
    (archive,) = folder.glob("*.zip")
    with zipfile.ZipFile(archive) as content:
        return json.loads(content.read(f"{archive.stem}.json"))["strategy"]
