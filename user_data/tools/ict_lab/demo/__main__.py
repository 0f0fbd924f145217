"""Download candles and backtest them as a user would, on the best candles that can be had here.

With a data folder, its newest candles. Else Binance's, if it answers. Else a synthetic market on the
loopback exchange, clearly called so.
"""

import sys
from datetime import timedelta
from pathlib import Path

from ict_lab.available_market import (
    WARM_UP_DAYS,
    AvailableMarket,
    as_given,
    download,
    downloaded,
    in_folder,
    reached,
    run_backtest,
)  # fmt: skip
from ict_lab.candles import format_options
from ict_lab.command_line import OneSentenceParser
from ict_lab.defaults import CONFIGS, PAIR, STRATEGY, TIMEFRAME
from ict_lab.errors import LabError
from ict_lab.files import write_whole
from ict_lab.formatting import counted, signed
from ict_lab.places import USER_DATA
from ict_lab.runs.run import BacktestRun, read_runs
from ict_lab.terminal import console, next_steps, say

BACKTEST_DAYS = 90
# Where make finds the candles of the tools that come after the demo.
REMEMBERED = USER_DATA / "data/.datadir"


def main() -> None:
    """Run the demo; exit with one sentence where a step fails."""
    parser = OneSentenceParser(prog="make demo", description=__doc__)
    parser.add_argument("--datadir", type=Path, help="a Freqtrade data folder of Binance futures candles")
    given = parser.parse_args().datadir
    try:
        market = in_folder(given, [PAIR]) if given else downloaded(BACKTEST_DAYS + WARM_UP_DAYS, [PAIR])
        _backtest(market)
        remember(market)
        _conclude(market)
    except LabError as error:
        sys.exit(f"make demo: {error}")


def _backtest(market: AvailableMarket) -> None:
    start = market.end - timedelta(days=BACKTEST_DAYS)
    with reached(market.served) as overlay:
        configs = [*map(str, CONFIGS), *overlay]
        if market.download:
            download(market, configs, start, [PAIR], TIMEFRAME)
        say(f"Backtesting {STRATEGY} on {market.candles}")
        options = ["--strategy", STRATEGY, "--cache", "none"]
        options += format_options(market.datadir, [PAIR], TIMEFRAME)
        run_backtest(market, configs, (start, market.end), options)


def remember(market: AvailableMarket) -> None:
    """Have make's tools take these candles from now on; Binance's own are in the usual folder."""
    REMEMBERED.parent.mkdir(parents=True, exist_ok=True)
    write_whole(REMEMBERED, f"{market.datadir.resolve() if market.served else ''}\n")


def _conclude(market: AvailableMarket) -> None:
    """End in three sentences, and what to do next."""
    say(_result(market))
    console.print(
        "Nothing was ordered and no key was used: a backtest only reads candles.\n"
        "On 16 months of real candles the defaults lose, mostly to fees: README.md has the figures, and what "
        f"they are worth. The commands below take the candles in {as_given(market.datadir)}."
    )
    next_steps(
        {
            "make report": "this backtest on one page, with its charts",
            "make tune": "the settings, beside a chart that follows",
            "make now": "what the bot would do now, and why not",
            "make watch": "the live bot with simulated orders, without keys",
            "make setup": "keys, messages and risk for the testnet, asked one by one",
        }
    )


def _result(market: AvailableMarket) -> str:
    where = f"in {BACKTEST_DAYS} days to {market.end:%Y-%m-%d} of {PAIR} on {market.candles}"
    try:
        run = read_runs(USER_DATA / "backtest_results")[0]
    except LabError:
        return f"{STRATEGY} made no trade {where}."
    return f"{STRATEGY} made {counted(len(run.trades), 'trade')} {where}, and {_gained(run)}."


def _gained(run: BacktestRun) -> str:
    profit, mean = float(run.trades["profit_abs"].sum()), run.expectancy
    verb = "gained" if profit > 0 else "lost"
    interval = f", 95 % interval {signed(mean.low)} to {signed(mean.high)}" if mean.has_interval else ""
    share = 100 * profit / run.starting_balance
    return (
        f"{verb} {abs(profit):,.2f} {run.stake_currency} after fees and funding "
        f"({signed(share, 1)} % of the wallet; {signed(mean.mean)} R a trade{interval})"
    )


if __name__ == "__main__":
    main()
