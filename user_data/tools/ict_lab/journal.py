"""List every entry signal with what became of it: ``python -m ict_lab.journal [EXPORT]``.

Of a backtest, or with --live those that running bots noted.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from ict_lab.command_line import OneSentenceParser, failed
from ict_lab.defaults import RESULTS
from ict_lab.errors import LabError
from ict_lab.places import USER_DATA
from ict_lab.runs.export import read_exports
from ict_lab.runs.journal import OUTCOMES, Journal, journal_of, live_journal
from ict_lab.words import Wording


def _parser() -> OneSentenceParser:
    parser = OneSentenceParser(
        prog="python -m ict_lab.journal", description="List every entry signal with its outcome."
    )
    parser.add_argument(
        "export",
        nargs="?",
        type=Path,
        default=RESULTS,
        help=f"a backtest's .zip, or a folder whose newest one is taken ({RESULTS})",
    )
    parser.add_argument("--live", action="store_true", help="signals of running bots, not of a backtest")
    parser.add_argument(
        "--user-data", type=Path, default=USER_DATA, metavar="FOLDER", help="where a running bot writes"
    )
    parser.add_argument("--strategy", default="", help="of an export with several")
    parser.add_argument(
        "--outcome",
        choices=[*OUTCOMES, "placed", "missed"],
        action="append",
        help="only this outcome; may be given again",
    )
    parser.add_language("of what is printed", "en")
    parser.add_argument("--csv", action="store_true", help="write a CSV table")
    parser.add_argument("--json", action="store_true", help="write JSON")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the journal.

    Parameters
    ----------
    arguments : Sequence[str], optional
        Command line without the program's name; the process's own without.

    Returns
    -------
    int
        Exit code: 0; 1 where it does not add up with Freqtrade's export; 2 where there is none.
    """
    given = _parser().parse_args(arguments)
    say = Wording(given.language)
    try:
        journal = None if given.live else _of_backtest(given.export, given.strategy)
        shown = live_journal(given.user_data) if journal is None else journal.signals
    except LabError as error:
        return failed("make journal", error, say.said)
    if given.outcome:
        shown = shown[shown["outcome"].isin(given.outcome)]
    shown = shown.assign(reason=shown["reason"].map(say.said, na_action="ignore"))
    if given.csv:
        print(shown.to_csv(index=False), end="")
    elif given.json:
        print(shown.to_json(orient="records", date_format="iso", indent=2))
    else:
        print(shown.to_string(index=False) if len(shown) else say("signals", count=0))
        print(f"\n{summary(journal, say)}" if journal else "")
    return 1 if journal and journal.differences() else 0


def _of_backtest(path: Path, strategy: str) -> Journal:
    exports = {one.strategy: one for one in read_exports(path)}
    if strategy and strategy not in exports:
        raise LabError(f"--strategy must be one of {', '.join(exports)}, was {strategy}")
    # An export of several has no journal, and says so.
    return journal_of(exports[strategy or next(iter(exports))])


def summary(journal: Journal, say: Wording) -> str:
    """Say how many signals there were, what became of them, and whether that adds up."""
    lines = [say("signals", count=len(journal.signals))]
    lines += [f"  {count:>6}  {say(f'outcome_{name}')}" for name, count in journal.counts.items() if count]
    return "\n".join(
        [*lines, *([say.said(one) for one in journal.differences()] or [say("journal_adds_up")])]
    )


if __name__ == "__main__":
    sys.exit(main())
