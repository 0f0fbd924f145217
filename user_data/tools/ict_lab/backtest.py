"""Backtest by pairs, days and strategy: `make backtest PAIRS="BTC/USDT:USDT" FROM=20240101 TO=20240401`.

Takes the candles of a folder, or downloads what is missing. Where Binance does not answer, the loopback
exchange gives the contracts' rules, and synthetic candles if there are no others.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ict_lab.available_market import (
    DATADIR,
    WARM_UP_DAYS,
    AvailableMarket,
    as_given,
    binance_answers,
    download,
    downloaded,
    in_folder,
    midnight,
    reached,
    run_backtest,
)  # fmt: skip
from ict_lab.candles import check_stored, format_options
from ict_lab.command_line import INTERRUPTED_EXIT, OneSentenceParser, failed
from ict_lab.defaults import PAIR, STRATEGY, TIMEFRAME, own_configs, own_overlay
from ict_lab.errors import LabError
from ict_lab.places import STRATEGIES
from ict_lab.search_options import check_strategy
from ict_lab.terminal import console, next_steps, say

USUAL_DAYS = 90
FORMS = ("%Y%m%d", "%Y-%m-%d")


def main(arguments: Sequence[str] | None = None) -> int:
    """Backtest and say what comes next; return the exit code."""
    asked = _parser().parse_args(arguments)
    try:
        _backtest(asked)
    except LabError as error:
        return failed("make backtest", error)
    except KeyboardInterrupt:
        return INTERRUPTED_EXIT
    next_steps(
        {
            "make report": "this backtest on one page",
            "make journal": "every signal with its outcome",
            "make verdict": "whether it could be chance",
            "make compare": "beside the backtest before it; A=FILE B=FILE names two others",
        }
    )
    return 0


def day(text: str) -> datetime:
    """Read a day, UTC.

    Raises
    ------
    argparse.ArgumentTypeError
        When it is none.
    """
    for form in FORMS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    raise argparse.ArgumentTypeError(f"a day must be written such as 20240131 or 2024-01-31, was {text}")


def _parser() -> OneSentenceParser:
    parser = OneSentenceParser(prog="make backtest", description="Backtest by pairs, days and strategy.")
    parser.add_argument("--pairs", nargs="+", default=[PAIR], metavar="PAIR", help=f"default {PAIR}")
    parser.add_argument(
        "--from", dest="start", type=day, help=f"first day, default {USUAL_DAYS} before the end"
    )
    parser.add_argument("--to", dest="end", type=day, help="the day after the last, default the candles' end")
    parser.add_argument("--strategy", nargs="+", default=[STRATEGY], help=f"default {STRATEGY}")
    parser.add_argument("--timeframe", default=TIMEFRAME, help=f"default {TIMEFRAME}")
    parser.add_argument("--datadir", type=Path, help="candles that are there; else they are downloaded")
    parser.add_argument("-c", "--config", action="append", default=[], help="a further file; again for more")
    return parser


def _backtest(asked: argparse.Namespace) -> None:
    for name in asked.strategy:
        check_strategy(name, STRATEGIES)
    for path in asked.config:
        if not Path(path).is_file():
            raise LabError(f"no configuration file at {path}")
    market = _market(asked)
    start, end = _days(asked, market)
    with reached(market.served) as overlay:
        configs = [*map(str, own_configs()), *asked.config, *overlay]
        if market.download:
            download(market, configs, start, asked.pairs, asked.timeframe)
            check_stored(market.datadir, asked.pairs, asked.timeframe)
        mine = " with your settings of make setup" if own_overlay() else ""
        say(f"Backtesting {', '.join(asked.strategy)} on {market.candles}{mine}")
        options = ["--timeframe", asked.timeframe, "--pairs", *asked.pairs, "--cache", "none"]
        options += ["--export", "signals"]
        options += format_options(market.datadir, asked.pairs, asked.timeframe)
        # Freqtrade keeps the journal of one strategy, none of a list.
        chosen = "--strategy" if len(asked.strategy) == 1 else "--strategy-list"
        options += [chosen, *asked.strategy]
        run_backtest(market, configs, (start, end), options)


def _market(asked: argparse.Namespace) -> AvailableMarket:
    if asked.datadir:
        return in_folder(asked.datadir, asked.pairs, asked.timeframe)
    if not binance_answers() and (DATADIR / "futures").is_dir():
        console.print(
            f"Binance cannot be reached from here: these are the candles that are in {as_given(DATADIR)}"
        )
        return in_folder(DATADIR, asked.pairs, asked.timeframe)
    days = USUAL_DAYS if asked.start is None else (midnight(datetime.now(UTC)) - asked.start).days
    return downloaded(max(days, USUAL_DAYS) + WARM_UP_DAYS, asked.pairs)


def _days(asked: argparse.Namespace, market: AvailableMarket) -> tuple[datetime, datetime]:
    end = asked.end or market.end
    start = asked.start or end - timedelta(days=USUAL_DAYS)
    begun = market.start is None or end > market.start
    if not (begun and start < end <= market.end + timedelta(days=1)):
        first = f"after {market.start:%Y-%m-%d}, where the candles begin, and " if market.start else ""
        raise LabError(
            f"FROM must be before TO, and TO {first}at most {market.end:%Y-%m-%d}, where the candles end: "
            f"they were {start:%Y-%m-%d} and {end:%Y-%m-%d}"
        )
    return start, end


if __name__ == "__main__":
    sys.exit(main())
