"""Say what the bot would do now, and why not: ``python -m ict_lab.now [--pair BTC/USDT:USDT] [--json]``.

It reads what a running bot writes in each loop. Where none runs it looks at the newest candles on disk.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from ict.now.facts import Now, to_record
from ict.now.text import whole_text
from ict.words.formatting import duration_words
from ict.words.languages import WORDS, Language
from ict_lab.command_line import OneSentenceParser, failed
from ict_lab.defaults import STRATEGY, own_configs
from ict_lab.errors import LabError
from ict_lab.places import STRATEGIES, USER_DATA
from ict_lab.tune.bot_file import bots_in, runs


def _parser() -> argparse.ArgumentParser:
    parser = OneSentenceParser(
        prog="python -m ict_lab.now", description="Say what the bot would do now, and why not."
    )
    parser.add_argument("--pair", action="append", default=[], help="one pair of several; may be given again")
    parser.add_argument("--json", action="store_true", help="write the data instead of the text")
    parser.add_language("of what is printed", "en")
    parser.add_argument(
        "--user-data", type=Path, default=USER_DATA, metavar="FOLDER", help="where a running bot writes"
    )
    parser.add_argument("--candles", action="store_true", help="look at candles even where a bot runs")
    parser.add_argument("-d", "--datadir", type=Path, metavar="FOLDER", help="candles, as for Freqtrade")
    parser.add_argument(
        "-c",
        "--config",
        type=Path,
        action="append",
        metavar="FILE",
        help="Freqtrade's configuration; may be given again",
    )
    parser.add_argument("--strategy", default=STRATEGY, help=f"on candles ({STRATEGY})")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the answer.

    Parameters
    ----------
    arguments : Sequence[str], optional
        Command line without the program's name; the process's own without.

    Returns
    -------
    int
        Exit code: 0, or 2 where there is neither a bot nor a candle.
    """
    options = _parser().parse_args(arguments)
    at = datetime.now(UTC)
    known = [] if options.candles else bots_in(options.user_data)
    running = [now for now in known if runs(now, at)]
    silent = "" if running else _silent(known, at, options.language)
    try:
        shown = [_only(now, options.pair) for now in running] or [_on_candles(options)]
    except LabError as error:
        return failed("make now", error, lambda text: f"{silent} {_said(text, options.language)}".strip())
    if options.json:
        print(json.dumps([to_record(now) for now in shown], indent=2, ensure_ascii=False))
        return 0
    if silent:
        print(silent, end="\n\n")
    print("\n\n".join(whole_text(now, datetime.now(UTC), options.language) for now in shown))
    return 0


def _only(now: Now, pairs: Sequence[str]) -> Now:
    """Keep only the requested pairs."""
    known = [pair.pair for pair in now.pairs]
    for pair in pairs:
        if pair not in known:
            raise LabError(f"{now.bot} does not trade {pair}, but {', '.join(known) or 'no pair'}")
    return replace(now, pairs=tuple(one for one in now.pairs if not pairs or one.pair in pairs))


def _silent(known: Sequence[Now], at: datetime, language: Language) -> str:
    """Say which bot has fallen silent, where one has."""
    if not known:
        return ""
    ago = duration_words(at - known[0].written_at, WORDS[language])
    return _said(f"{known[0].bot} last looped {ago} ago: it was killed, or hangs.", language)


def _said(sentence: str, language: Language) -> str:
    # With the tools' words come pandas and the settings, for which a running bot's answer does not wait.
    from ict_lab.words import Wording

    return Wording(language).said(sentence)


def _on_candles(options: argparse.Namespace) -> Now:
    # Freqtrade takes seconds to import; a running bot's file needs none of it.
    from ict_lab.tune.now import now_on_candles
    from ict_lab.tune.setup import make_setup
    from ict_lab.tune.workbench import Workbench

    logging.getLogger("freqtrade").setLevel(logging.ERROR)
    workbench = Workbench(make_setup(options.config or own_configs(), STRATEGIES, options.datadir))
    if options.strategy not in workbench.presets:
        raise LabError(f"--strategy must be one of {', '.join(workbench.presets)}, was {options.strategy}")
    return now_on_candles(workbench, options.strategy, tuple(options.pair))


if __name__ == "__main__":
    sys.exit(main())
