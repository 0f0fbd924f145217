"""The options of ``make paper``."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ict_lab.command_line import OneSentenceParser
from ict_lab.places import STRATEGIES
from loopback.market.intervals import LENGTH_MS

SYMBOL, PAIR = "BTCUSDT", "BTC/USDT:USDT"
# The order block alone and short candles: the settings with which something happens soonest.
STRATEGY, TIMEFRAME = "ICTOrderBlockStrategy", "5m"
CONSUMER = "ICTConsumerStrategy"
TIMEFRAMES = tuple(name for name in LENGTH_MS if LENGTH_MS["5m"] <= LENGTH_MS[name] <= LENGTH_MS["1h"])


@dataclass(frozen=True)
class Options:
    """One run.

    Attributes
    ----------
    datadir
        Freqtrade data folder whose candles are moved to now; a synthetic market if None.
    seed
        Seed of the synthetic market; one whose first signal comes soon if None.
    strategy, timeframe
        What trades.
    minutes
        After how long it stops by itself; never if None.
    """

    datadir: Path | None = None
    seed: int | None = None
    strategy: str = STRATEGY
    timeframe: str = TIMEFRAME
    minutes: float | None = None


def parse(arguments: Sequence[str] | None) -> Options:
    """Read the command line; exit with one sentence if an option is wrong.

    Parameters
    ----------
    arguments
        The words after the program's name; the process's own if None.
    """
    parser = OneSentenceParser(
        prog="make paper", description="Trade play money on this machine, with everything around it."
    )
    # A consumer trades on another bot's analysis, and there is none here.
    strategies = sorted(path.stem for path in STRATEGIES.glob("ICT*.py") if path.stem != CONSUMER)
    parser.add_argument("--datadir", type=Path, help="Freqtrade data folder; its candles are moved to now")
    parser.add_argument(
        "--seed", type=int, help="seed of the synthetic market; one with a signal soon unless given"
    )
    parser.add_argument("--strategy", choices=strategies, default=STRATEGY, help=f"default {STRATEGY}")
    parser.add_argument("--timeframe", choices=TIMEFRAMES, default=TIMEFRAME, help=f"default {TIMEFRAME}")
    parser.add_argument("--minutes", type=float, help="stop by itself after so many minutes")
    given = parser.parse_args(arguments)
    if given.seed is not None and (given.seed < 0 or given.datadir):
        parser.error("--seed must be 0 or above, and goes without --datadir")
    if given.minutes is not None and not given.minutes > 0:
        parser.error(f"--minutes must be above 0, was {given.minutes:g}")
    return Options(**vars(given))
