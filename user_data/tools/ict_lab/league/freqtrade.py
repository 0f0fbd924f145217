"""Freqtrade itself, on the bases of the league: what the replay says has to be what it trades."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ict_lab.agreement import Agreement, agreement_of
from ict_lab.candles import folder_market, format_options
from ict_lab.errors import LabError
from ict_lab.league.stretch import Stretch
from ict_lab.league.subjects import Subject
from ict_lab.places import REPOSITORY, STRATEGIES, TOOLS
from ict_lab.processes import research_environment
from ict_lab.runs.export import read_exports
from ict_lab.runs.run import BacktestRun
from loopback.clock import FixedClock
from loopback.exchange import Exchange
from loopback.market.source import Kind
from loopback.server import LoopbackServer
from loopback.symbols import SPECS

CONFIGS = (REPOSITORY / "config.json", REPOSITORY / "user_data/config/required.json")
LEAST_AGREEMENT = 0.995


@dataclass(frozen=True)
class Checked:
    """What Freqtrade says of a base.

    Attributes
    ----------
    agreement : Agreement or None
        How far the replay agrees with it; None where it could not be run.
    about : str
        Why not, or which stretch it was.
    """

    agreement: Agreement | None
    about: str

    @property
    def is_same(self) -> bool:
        """Whether the replay's row is valid."""
        return self.agreement is not None and self.agreement.share >= LEAST_AGREEMENT


def check(
    bases: Sequence[Subject], stretch: Stretch, days: int, workers: int, progress: Callable[[str], None]
) -> dict[str, Checked]:
    """Backtest bases by Freqtrade, several at once, and compare each with the replay.

    Parameters
    ----------
    bases : Sequence[Subject]
        What to run.
    stretch : Stretch
        The candles.
    days : int
        The last so many of it; 0 for all.
    workers : int
        How many at once.
    progress : Callable
        Called with the name of each when it is done.
    """
    known = {one.pair: one.symbol for one in SPECS.values()}
    pairs = [pair for pair in stretch.pairs if pair in known]
    if not pairs:
        about = "the exchange of this machine knows none of the contracts"
        return {base.name: Checked(None, about) for base in bases}
    start = max(stretch.start, stretch.end - pd.Timedelta(days=days)) if days else stretch.start
    market = folder_market(stretch.folder, [known[pair] for pair in pairs])
    end_ms = market.candles(known[pairs[0]], Kind.LAST, stretch.timeframe).end_ms
    with (
        tempfile.TemporaryDirectory(prefix="ict-league-") as folder,
        LoopbackServer(Exchange(market, FixedClock(end_ms))) as server,
        ThreadPoolExecutor(workers) as pool,
    ):
        server.write_overlay(Path(folder) / "loopback.json")

        def checked(base: Subject) -> Checked:
            place = _Place(Path(folder), base, stretch, pairs, start)
            try:
                found = Checked(agreement_of(place.backtested(), stretch.folder), place.about)
            except LabError as error:
                found = Checked(None, str(error))
            progress(base.name)
            return found

        return dict(zip((base.name for base in bases), pool.map(checked, bases), strict=True))


@dataclass(frozen=True)
class _Place:
    """One backtest by Freqtrade, in a folder of its own."""

    folder: Path
    base: Subject
    stretch: Stretch
    pairs: Sequence[str]
    start: pd.Timestamp

    @property
    def about(self) -> str:
        return f"{self.start:%Y-%m-%d} to {self.stretch.end:%Y-%m-%d}, {len(self.pairs)} pairs"

    def backtested(self) -> BacktestRun:
        own = self.folder / self.base.name.replace(" ", "_")
        for name in ("user_data/data", "user_data/backtest_results", "logs"):
            (own / name).mkdir(parents=True)
        call = [sys.executable, "-m", "freqtrade", "backtesting", *self._options(own)]
        run = subprocess.run(
            call, cwd=own, env=research_environment(STRATEGIES, TOOLS), capture_output=True, text=True
        )
        if run.returncode:
            errors = [
                line for line in run.stderr.splitlines() if " ERROR " in line
            ] or run.stderr.splitlines()
            raise LabError(f"Freqtrade could not run it: {errors[-1] if errors else run.returncode}")
        (export,) = read_exports(own / "user_data/backtest_results")
        return BacktestRun.of(export)

    def _options(self, own: Path) -> list[str]:
        overlay = own / "league.json"
        block = json.loads(self.base.file.read_text(encoding="utf-8-sig")) if self.base.file else {}
        config = {
            "max_open_trades": len(self.pairs),
            "exchange": {"pair_whitelist": list(self.pairs)},
            "ict": block.get("ict", block),
        }
        overlay.write_text(json.dumps(config), encoding="utf-8")
        configs = [*CONFIGS, self.folder / "loopback.json", overlay]
        given = {
            "--userdir": own / "user_data", "--datadir": self.stretch.folder.resolve(),
            "--strategy-path": STRATEGIES, "--strategy": self.base.strategy, "--cache": "none",
            "--export": "trades", "--timeframe": self.stretch.timeframe,
            "--timerange": f"{int(self.start.timestamp())}-{int(self.stretch.end.timestamp())}",
        }  # fmt: skip
        words = [str(word) for option in given.items() for word in option]
        words += format_options(self.stretch.folder, self.pairs, self.stretch.timeframe)
        return [word for config in configs for word in ("-c", str(config))] + words
