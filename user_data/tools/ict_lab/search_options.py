"""A search on the command line: the same options for one hyperopt and for a walk-forward's many."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ict.errors import nearest_word
from ict_lab.defaults import CONFIGS, PAIR, STRATEGY, TIMEFRAME
from ict_lab.errors import LabError
from ict_lab.hyperopt_runs import DATADIR, LOSS, SPACES, Search


def add_search_options(group: Any, *, epochs: int, jobs: int) -> None:
    """Add what a search needs to a parser or a group of one.

    Parameters
    ----------
    group : argparse.ArgumentParser or argument group
        Where to add them.
    epochs, jobs : int
        Defaults.
    """
    group.add_argument("--pairs", nargs="+", default=[PAIR], metavar="PAIR", help=f"default {PAIR}")
    group.add_argument("--strategy", default=STRATEGY, help=f"default {STRATEGY}")
    group.add_argument("--timeframe", default=TIMEFRAME, help=f"default {TIMEFRAME}")
    group.add_argument("--epochs", type=int, default=epochs, help=f"variants a search, default {epochs}")
    group.add_argument("--jobs", type=int, default=jobs, help=f"processes a search, default {jobs}")
    group.add_argument("--spaces", nargs="+", default=SPACES, help=f"default {' '.join(SPACES)}; or risk")
    group.add_argument("--loss", default=LOSS, help=f"default {LOSS}")
    group.add_argument("--seed", type=int, default=1, help="random state of every search, default 1")
    group.add_argument(
        "--engine", choices=["freqtrade", "replay"], default="freqtrade",
        help="what trades the epochs; the replay is fast, and starts only where it trades as Freqtrade does",
    )  # fmt: skip
    group.add_argument(
        "--min-trades", type=int, default=1, help="fewer trades make the worst epoch, default 1"
    )


def add_search_places(group: Any) -> None:
    """Add where configurations, candles, strategies and losses are."""
    group.add_argument(
        "-c",
        "--config",
        type=Path,
        action="append",
        help=f"default {', '.join(map(str, CONFIGS))}, and what make setup wrote",
    )
    group.add_argument("--datadir", type=Path, default=Path(DATADIR), help=f"default {DATADIR}")
    group.add_argument("--strategy-path", type=Path, default=Path("user_data/strategies"))
    group.add_argument("--hyperopt-path", type=Path, default=Path("user_data/hyperopts"))


def search_from(options: argparse.Namespace) -> Search:
    """Make the search from the options.

    Raises
    ------
    LabError
        When a number is below 1, a list is empty or the strategy is nowhere.
    """
    check_strategy(options.strategy, options.strategy_path)
    return Search(
        strategy=options.strategy,
        timeframe=options.timeframe,
        pairs=tuple(options.pairs),
        spaces=tuple(options.spaces),
        loss=options.loss,
        epochs=options.epochs,
        jobs=options.jobs,
        seed=options.seed,
        min_trades=options.min_trades,
        engine=options.engine,
    )


def check_strategy(name: str, folder: Path) -> None:
    """Look for the class before Freqtrade does, or workers, each in each window.

    Raises
    ------
    LabError
        With the classes that there are.
    """
    known = sorted(_classes(folder.glob("*.py")))
    # Freqtrade can be told to search deeper.
    if name not in known and name not in _classes(folder.rglob("*.py")):
        allowed = f"among {', '.join(known)}" if known else f"a class in {folder}"
        raise LabError(f"strategy must be {allowed}, was {name}{nearest_word(name, known)}")


def _classes(files: Iterable[Path]) -> set[str]:
    sources = (path.read_text(encoding="utf-8", errors="replace") for path in files)
    return {name for source in sources for name in re.findall(r"(?m)^class (\w+)", source)}
