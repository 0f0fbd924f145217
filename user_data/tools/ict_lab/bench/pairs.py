"""One bot with twenty pairs: its loop after a candle has closed, beside Freqtrade's own sample strategy."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import freqtrade

from ict_lab.bench.backtest import STRATEGY, BenchError
from ict_lab.bench.candles import TIMEFRAME
from ict_lab.bench.rows import Bar, Row, Sample, at_most, compare
from ict_lab.bots.process import INTERRUPTED
from ict_lab.places import PYTHON_PATH, REPOSITORY, STRATEGIES
from loopback.exchange import Exchange
from loopback.market.intervals import DAY_MS
from loopback.market.synthetic import SyntheticMarket
from loopback.server import LoopbackServer
from loopback.symbols import SPECS

SAMPLE, TEMPLATES = "SampleStrategy", Path(freqtrade.__file__).parent / "templates"
PAIRS, LOOPS, TURNS = 20, 12, 2
_DAYS = 25
_TIMEOUT_SECONDS = 600
_WALL, _PROCESSOR, _ANALYSIS = range(3)


@dataclass(frozen=True)
class Bot:
    """A strategy's bot with twenty pairs, in a scratch folder."""

    strategy: str
    path: Path
    folder: Path

    def run(self, server: LoopbackServer, turn: int) -> list[tuple[float, float, float]]:
        """Let it go through its loops, and return the seconds of each: wall, processor, analysis.

        Raises
        ------
        BenchError
            If it ends otherwise than it should.
        """
        place = self.folder / f"{self.strategy}-{turn}"
        for name in ("user_data/data", "logs"):
            (place / name).mkdir(parents=True)
        server.write_overlay(place / "loopback.json")
        (place / "bench.json").write_text(json.dumps(_settings(place)), encoding="utf-8")
        files = (REPOSITORY / "config.json", place / "loopback.json", place / "bench.json")
        configs = [word for file in files for word in ("-c", str(file))]
        line = [
            sys.executable,
            "-m",
            "ict_lab.bench.pairs_host",
            str(place / "times.json"),
            str(LOOPS),
            "trade",
        ]
        words = ["--strategy", self.strategy, "--strategy-path", str(self.path)]
        done = subprocess.run(
            [*line, *configs, *words, "--userdir", str(place / "user_data")],
            cwd=place, env=_environment(), capture_output=True, text=True, timeout=_TIMEOUT_SECONDS,
        )  # fmt: skip
        if done.returncode != INTERRUPTED:
            raise BenchError(f"the bot with {self.strategy} did not run:\n{done.stderr[-2000:]}")
        return [tuple(loop) for loop in json.loads((place / "times.json").read_text(encoding="utf-8"))]


def pairs_rows(folder: Path, say: Callable[[str], None]) -> list[Row]:
    """Run both bots in turns and compare whole loops and the analysis in them."""
    symbols = list(SPECS)[:PAIRS]
    today_ms = int(datetime.now(UTC).timestamp() * 1000) // DAY_MS * DAY_MS
    market = SyntheticMarket(today_ms - _DAYS * DAY_MS, today_ms + 2 * DAY_MS, symbols=symbols)
    ours, theirs = Bot(STRATEGY, STRATEGIES, folder), Bot(SAMPLE, TEMPLATES, folder)
    runs: dict[Bot, list[tuple[float, float, float]]] = {ours: [], theirs: []}
    with LoopbackServer(Exchange(market)) as server:
        for turn in range(TURNS):
            for bot, loops in runs.items():
                say(f"Running a bot with {bot.strategy} and {PAIRS} pairs, turn {turn + 1} of {TURNS}")
                loops += bot.run(server, turn)
    what = f"a live bot's loop when a candle has closed, {PAIRS} pairs, vs Freqtrade's sample strategy"
    return [
        # The clock also counts what other processes took from the machine: no bar for it.
        _row(what, runs[ours], runs[theirs], _WALL, None),
        _row("the same in processor time", runs[ours], runs[theirs], _PROCESSOR, at_most(1.25)),
        _row("of it: the analysis of all pairs", runs[ours], runs[theirs], _ANALYSIS, None),
    ]


def _row(
    what: str,
    ours: list[tuple[float, float, float]],
    theirs: list[tuple[float, float, float]],
    part: int,
    bar: Bar | None,
) -> Row:
    our, their = (Sample(tuple(loop[part] for loop in loops)) for loops in (ours, theirs))
    return compare(what, our, their, bar)


def _environment() -> dict[str, str]:
    """Return this process's without Freqtrade's variables, and with the places to import from."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("FREQTRADE__")}
    return kept | {"PYTHONPATH": PYTHON_PATH, "COLUMNS": "300"}


def _settings(place: Path) -> dict[str, object]:
    """Make what both bots are given: simulated, and no slot, so that no entry makes one loop longer."""
    return {
        "dry_run": True,
        "db_url": f"sqlite:///{place / 'trades.dryrun.sqlite'}",
        "logfile": str(place / "logs" / "bench.log"),
        "timeframe": TIMEFRAME,
        "max_open_trades": 0,
        "internals": {"process_throttle_secs": 0},
        "exchange": {
            "pair_whitelist": [spec.pair for spec in list(SPECS.values())[:PAIRS]],
            # ccxt's pauses between requests would be all that is measured.
            "ccxt_config": {"enableRateLimit": False, "timeout": 60_000},
        },
    }
