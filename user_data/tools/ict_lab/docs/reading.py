"""Type every command of the pages in reading order: ``python -m ict_lab.docs.reading [PAGE ...]``.

The suite reads the README, without what `NIGHTLY` says; this reads all of the pages, which takes minutes.
Commands that nobody can type here, and why, are in `NOT_HERE`.
"""

import argparse
import re
import sys
import tempfile
import time
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from ict_lab.docs.commands import PAGES, blocks, commands, read, sections
from ict_lab.places import REPOSITORY

if TYPE_CHECKING:
    from ict_lab.docs.reader import Reader

README = "README.md"
# As few candles as show something: what they cost grows with them.
HISTORY_DAYS = 45
# In the order of the README's table of pages; the Korean README has the same commands.
ORDER = (
    README, "testnet.md", "safety.md", "mainnet.md", "setups.md", "parameters.md", "risk.md", "columns.md",
    "messages.md", "tools.md", "now.md", "research.md", "league.md", "protocol.md", "tradingview.md",
    "own_strategy.md", "troubleshooting.md", "upgrading.md", "CONTRIBUTING.md",
)  # fmt: skip

# What no single command of the long run takes, in seconds, on a machine that is busy with other things too.
PATIENCE = 1800.0

OF_SHELLS = (". ", "export PYTHONPATH=$PWD")
SHELL = [line for line in commands(read(REPOSITORY / README)) if line.startswith(OF_SHELLS)]

# A command is the first row's that matches the whole of it.
NOT_HERE = {
    r"docker .*": "Docker; test_commands.py reads it by the compose file, tests/release by the Dockerfile",
    r"make setup": "asks a person; tests/lab/test_first_run.py answers",
    r"freqtrade install-ui|ssh .*": "another machine",
    r"python -m venv .*|pip install .*": "the network; tests/release installs the wheel",
    r"make (peers|bench).*": "installs the peers from the network; tests/lab/test_peers.py counts",
    r"python -m ict_lab\.bench .*": "minutes; tests/lab/test_bench.py runs a short one",
    r".*freqai\.local\.json.*": "FreqAI's extras are not installed",
    r'make journal JOURNAL="--live"': "a bot that ran until a signal; tests/strategy/test_board.py",
    r"make (test|quick|lint)|python -m pytest .*": "runs this",
    r"make clean": "removes the environment that this runs in",
    r"make soak|python -m ict_lab\.soak .*": "half an hour; tests/soak runs some minutes",
    r"make chaos.*": "hours; tests/chaos runs a handful",
    r"make parity.*": "minutes; tests/parity runs shorter days",
    r"freqtrade trade .*(producer|consumer)\.json.*": "two bots on one port; tests/symbols runs both",
    r"freqtrade (trade|test-pairlist) .*many_pairs.*|make trade TRADE=.*many_pairs.*": (
        "the loopback exchange lists three pairs; tests/symbols chooses among more"
    ),
}
NIGHTLY = {
    r"make watch": "tests/lab/test_operate.py runs it, and make status and make stop beside it",
    r"make paper.*": "tests/paper runs it",
    r"freqtrade trade .*": "tests/live and tests/discord run the bot",
    r"freqtrade lookahead-analysis .*": "twenty backtests",
    r"(freqtrade|python -m ict_lab\.)hyperopt .*|freqtrade hyperopt .*": "minutes; tests/hyperopt runs some",
    r".*\.\./shared/.*": "a second backtest, of four strategies",
}
# Signs of life of what runs until Ctrl-C. Of these, bots go on while the lines behind are typed.
UNTIL_CTRL_C = {
    r"make paper.*": "What the bot writes to Discord appears below",
    r"make logs": "until Ctrl-C",
    r"python -m ict_lab\.tune.*": "http://127.0.0.1",
}
BOTS = {r"make (watch|trade).*|freqtrade trade .*": "Bot heartbeat"}
_LAST = datetime.now(UTC).date()
_DAYS = f"{_LAST - timedelta(HISTORY_DAYS - 20):%Y%m%d}-{_LAST:%Y%m%d}"
# What is typed in another form, so that it ends in time, or has the candles that are here.
INSTEAD = {
    r" -e 50\b": " -e 2",
    r"--epochs \d+": "--epochs 2",
    r"--seeds \d+": "--seeds 1",
    r"20230101-202\d0\d01": _DAYS,
    r"FROM=20240101 TO=20240401": "FROM={} TO={}".format(*_DAYS.split("-")),
    r"--timeframe 5m": "--timeframe 15m",
    r"user_data/backtest_results/one\.zip": "$(ls user_data/backtest_results/*.zip | head -1)",
    r"user_data/backtest_results/two\.zip": "$(ls user_data/backtest_results/*.zip | tail -1)",
    r"--jobs 2\b": "--jobs 2 --epochs 2",
    r"--workers 2\b": "--workers 2 --train-days 15 --test-days 5",
    # Each model is run by Freqtrade too.
    r"^make league .*": r"\g<0> LEAGUE='--strategies ICTObFvgStrategy'",
    r"^python -m ict_lab\.league .*": r"\g<0> --strategies ICTObFvgStrategy",
    r"--train-days 180 --test-days 60": "--train-days 30 --test-days 7 --epochs 2",
    r"\.\./shared/data/binance|path/to/data/binance": "user_data/data/binance",
}
# What the pages promise of what is typed.
SAYS = {
    r"make": "First steps",
    r"make demo": "Nothing was ordered and no key was used",
    r"make install .*": "strategies",
    r"python -m ict_host\.check .*": "The bot can start: ICTObFvgStrategy",
    r"make status": "ict-ob-fvg-demo: ICTObFvgStrategy with play money, since 20",
    r"make stop": "ict-ob-fvg-demo has ended. Open trades: ",
    r"freqtrade backtesting .*": "STRATEGY SUMMARY",
    r"freqtrade backtesting-analysis .*": "ob+htf",
    r"make now.*": "BTC/USDT:USDT",
}
# Files of the reader's own.
OWN_FILES = {"my.json": '{"ict": {"risk_reward": 3.0}}', "mine.json": '{"risk_reward": 3.0}'}


def row(table: Collection[str], line: str) -> str | None:
    """Find the first pattern that matches the whole of a command."""
    return next((pattern for pattern in table if re.fullmatch(pattern, line)), None)


def typed(line: str) -> str:
    """Put a command into the form in which it ends in time here."""
    for pattern, other in INSTEAD.items():
        line = re.sub(pattern, other, line)
    return line


@cache
def pages() -> dict[str, Path]:
    """List the pages in reading order."""
    named = {page.name: page for page in PAGES}
    return {name: named[name] for name in ORDER}


def leaves_out(line: str, *, nightly: bool) -> bool:
    """Whether a command is not typed."""
    return row(NOT_HERE, line) is not None or (not nightly and row(NIGHTLY, line) is not None)


def type_page(
    reader: "Reader", name: str, seen: set[str], *, nightly: bool, failed: list[str] | None = None
) -> None:
    """Type the commands of a page; what was typed before on another page is known to work.

    With `failed` a command that fails is printed and noted there, and the next one is typed.
    """
    reader.opens_a_page()
    # What the README and .env.example have typed once for each shell.
    for line in SHELL if name != README else ():
        reader.types(line)
    if (reader.clone / ".env").exists():
        reader.types("set -a; . ./.env; set +a")
    for lines in sections(read(pages()[name])):
        ends_the_section = reader.opens_a_section(lines)
        for line in lines:
            if leaves_out(line, nightly=nightly):
                continue
            if line not in seen or reader.sets(line):
                try:
                    _type(reader, line)
                except AssertionError as error:
                    if failed is None:
                        raise
                    print(f"{name}: {error}\n", flush=True)
                    failed.append(line)
            seen.add(line)
        ends_the_section()


def _type(reader: "Reader", line: str) -> None:
    words = typed(line)
    # The README: "start from Freqtrade's folder".
    folder = reader.own if "required.json" in line else None
    if bot := row(BOTS, line):
        reader.types_and_leaves(words, BOTS[bot], folder)
    elif until := row(UNTIL_CTRL_C, line):
        reader.types_until(words, UNTIL_CTRL_C[until], folder)
    else:
        said, promised = reader.types(words, folder), row(SAYS, line)
        assert promised is None or SAYS[promised] in said, f"$ {line}\n{said[-6000:]}"
    if line.startswith("cp .env.example"):
        reader.fills_in_the_key()


def prepare(reader: "Reader") -> None:
    """Save what the pages say is the reader's own: settings, and the example strategy."""
    for name, text in OWN_FILES.items():
        (reader.clone / name).write_text(text, encoding="utf-8")
    example = blocks(read(REPOSITORY / "docs" / "own_strategy.md"), "python")[0].text
    (reader.clone / "user_data/strategies/KillZoneStrategy.py").write_text(example, encoding="utf-8")


def main() -> int:
    """Type the commands of the README and the named pages, of all without a name; say which failed."""
    # An exchange takes a second to import, which whoever reads the tables does not need.
    from ict_lab.docs.reader import Reader, binance

    parser = argparse.ArgumentParser(prog="python -m ict_lab.docs.reading", description=__doc__)
    parser.add_argument("pages", nargs="*", choices=[[], *ORDER], help="all of them without")
    # The README makes what the other pages are about: keys, candles, a backtest.
    asked = dict.fromkeys((README, *parser.parse_args().pages)) if len(sys.argv) > 1 else ORDER
    failed = list[str]()
    with tempfile.TemporaryDirectory() as home, binance(HISTORY_DAYS) as server:
        reader, seen = Reader(Path(home), server, PATIENCE), set[str]()
        prepare(reader)
        for name in asked:
            began = time.monotonic()
            type_page(reader, name, seen, nightly=True, failed=failed)
            lines, seconds = commands(read(pages()[name])), time.monotonic() - began
            print(f"{name}: {len(lines)} commands, {seconds:.0f} s", flush=True)
        reader.ends_the_bot()
    print(f"{len(failed)} failed")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
