"""A bot with many pairs: its loop after a candle has closed, beside Freqtrade's own sample strategy."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any

import freqtrade

from ict_lab.bench.backtest import STRATEGY, BenchError
from ict_lab.bench.candles import TIMEFRAME
from ict_lab.bench.rows import Bar, Row, Sample, at_most, compare, measured
from ict_lab.bots.process import INTERRUPTED
from ict_lab.bots.shipped import control
from ict_lab.places import PYTHON_PATH, REPOSITORY, STRATEGIES
from loopback.exchange import Exchange
from loopback.market.intervals import DAY_MS
from loopback.market.synthetic import SyntheticMarket
from loopback.server import LoopbackServer
from loopback.symbols import SPECS, first_symbols

SAMPLE, TEMPLATES = "SampleStrategy", Path(freqtrade.__file__).parent / "templates"
FEW, MANY, TURNS = 20, 100, 2
LOOPS_OF_FEW, LOOPS_OF_MANY = 12, 4
# Simulated, and no slot, so that no entry makes one loop longer.
NO_TRADES = {"max_open_trades": 0}
# An entry at any signal until the day's trades are used up, and their exits.
TRADES = {
    "max_open_trades": 5,
    "ict": {"entry_threshold": 2.0, "htf_gate": False, "max_daily_trades": 5},
}
# The same with all there is to analyse.
FULL_SETUP = TRADES | {"ict_columns": "all"}
_PATIENT = "Patient"
_DAYS = 25
_TIMEOUT_SECONDS = 600
_MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Run:
    """The seconds of each of a bot's loops by what they went into, and the bytes that it took at the end."""

    loops: list[dict[str, float]]
    memory: int


@dataclass(frozen=True)
class Bot:
    """A strategy's bot with so many pairs, interrupted after so many loops."""

    name: str
    path: Path
    pairs: int
    loops: int
    settings: dict[str, Any]

    def run(self, server: LoopbackServer, place: Path) -> Run:
        """Let it go through its loops, and write everything into a folder that is not there yet.

        Raises
        ------
        BenchError
            If it ends otherwise than it should.
        """
        for name in ("user_data/data", "logs"):
            (place / name).mkdir(parents=True)
        server.write_overlay(place / "loopback.json")
        (place / "bench.json").write_text(json.dumps(self._config(place)), encoding="utf-8")
        done = subprocess.run(
            self._line(place), cwd=place, env=_environment(), capture_output=True, text=True,
            timeout=_TIMEOUT_SECONDS,
        )  # fmt: skip
        if done.returncode != INTERRUPTED:
            raise BenchError(f"the bot with {self.name} did not run:\n{done.stderr[-2000:]}")
        return Run(**json.loads((place / "times.json").read_text(encoding="utf-8")))

    def _line(self, place: Path) -> list[str]:
        files = (REPOSITORY / "config.json", place / "loopback.json", place / "bench.json")
        configs = [word for file in files for word in ("-c", str(file))]
        host = [sys.executable, "-m", "ict_lab.bench.pairs_host", str(place / "times.json"), str(self.loops)]
        words = ["--strategy", self.name, "--strategy-path", str(self.path)]
        return [*host, "trade", *configs, *words, "--userdir", str(place / "user_data")]

    def _config(self, place: Path) -> dict[str, Any]:
        return {
            "dry_run": True,
            "db_url": f"sqlite:///{place / 'trades.dryrun.sqlite'}",
            "logfile": str(place / "logs" / "bench.log"),
            "timeframe": TIMEFRAME,
            "internals": {"process_throttle_secs": 0},
            "exchange": {
                "pair_whitelist": [SPECS[symbol].pair for symbol in first_symbols(self.pairs)],
                # ccxt's pauses between requests would be all that is measured.
                "ccxt_config": {"enableRateLimit": False, "timeout": 600_000},
            },
            **self.settings,
        }


def patient_bot(folder: Path, pairs: int, loops: int, settings: dict[str, Any] | None = None) -> Bot:
    """Make a bot of ours, with the full setup without settings, which enters also long after the candle."""
    folder.mkdir(exist_ok=True)
    (folder / f"{_PATIENT}.py").write_text(control(_PATIENT, ""), encoding="utf-8")
    return Bot(_PATIENT, folder, pairs, loops, FULL_SETUP if settings is None else settings)


def pairs_rows(folder: Path, say: Callable[[str], None]) -> list[Row]:
    """Run the bots in turns and compare whole loops, what the strategies themselves take, and memory."""
    today_ms = int(datetime.now(UTC).timestamp() * 1000) // DAY_MS * DAY_MS
    span = today_ms - _DAYS * DAY_MS, today_ms + 2 * DAY_MS
    market = SyntheticMarket(*span, symbols=first_symbols(MANY))
    few, many = (FEW, LOOPS_OF_FEW), (MANY, LOOPS_OF_MANY)
    bots = {
        "few": Bot(STRATEGY, STRATEGIES, *few, NO_TRADES),
        "few-sample": Bot(SAMPLE, TEMPLATES, *few, NO_TRADES),
        "few-full": patient_bot(folder / "strategies", FEW, 1),
        "many": patient_bot(folder / "strategies", *many, TRADES),
        "many-full": patient_bot(folder / "strategies", *many),
        "many-sample": Bot(SAMPLE, TEMPLATES, *many, NO_TRADES),
    }
    runs: dict[str, list[Run]] = {kind: [] for kind in bots}
    with LoopbackServer(Exchange(market)) as server:
        for turn in range(TURNS):
            for kind, bot in bots.items():
                say(f"Running a bot with {bot.name} and {bot.pairs} pairs, turn {turn + 1} of {TURNS}")
                runs[kind].append(bot.run(server, folder / f"{kind}-{turn}"))
    return [*_few_rows(runs), *_many_rows(runs)]


def _few_rows(runs: dict[str, list[Run]]) -> list[Row]:
    ours, theirs = runs["few"], runs["few-sample"]
    what = f"a live bot's loop when a candle has closed, {FEW} pairs, vs Freqtrade's sample strategy"
    return [
        # The clock also counts what other processes took from the machine: no bar for it.
        _row(what, ours, theirs, "wall", None),
        _row("the same in processor time", ours, theirs, "processor", at_most(1.25)),
        _row("of it: the analysis of all pairs", ours, theirs, "analysis", None),
    ]


def _many_rows(runs: dict[str, list[Run]]) -> list[Row]:
    columns = {"many": "the columns in use", "many-full": "all columns"}
    rows = [_own_rows(runs[kind], runs["many-sample"], said) for kind, said in columns.items()]
    return [*chain(*rows), _memory_row(runs)]


def _own_rows(ours: list[Run], theirs: list[Run], columns: str) -> list[Row]:
    own = _seconds(ours, "own")
    return [
        _row(f"{MANY} pairs, {columns} and open trades, processor time", ours, theirs, "processor", None),
        _row("of it: the strategy's own methods", ours, theirs, "own", None),
        measured("the same, ours", own.least, at_most(1, " s"), " s", str(own)),
    ]


def _memory_row(runs: dict[str, list[Run]]) -> Row:
    """Say what each pair more takes, from the least of the turns with few and with many."""
    ours, theirs = (
        (_least_memory(runs[many]) - _least_memory(runs[few])) / (MANY - FEW) / _MEBIBYTE
        for few, many in (("few-full", "many-full"), ("few-sample", "many-sample"))
    )
    return Row("memory a pair", f"{ours:.2f} MiB", f"{theirs:.2f} MiB", ours / theirs, None)


def _least_memory(runs: Iterable[Run]) -> int:
    return min(run.memory for run in runs)


def _row(what: str, ours: list[Run], theirs: list[Run], part: str, bar: Bar | None) -> Row:
    return compare(what, _seconds(ours, part), _seconds(theirs, part), bar)


def _seconds(runs: Iterable[Run], part: str) -> Sample:
    return Sample(tuple(loop[part] for run in runs for loop in run.loops))


def _environment() -> dict[str, str]:
    """Return this process's without Freqtrade's variables, and with the places to import from."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("FREQTRADE__")}
    return kept | {"PYTHONPATH": PYTHON_PATH, "COLUMNS": "300"}
