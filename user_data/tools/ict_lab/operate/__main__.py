"""Start, watch or stop the bot: `python -m ict_lab.operate trade|watch|status|logs|stop`.

The first two take what `freqtrade trade` takes.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from ict_lab.command_line import INTERRUPTED_EXIT, OneSentenceParser, failed
from ict_lab.errors import LabError
from ict_lab.operate import launch, state

STARTS = {"trade": launch.trade, "watch": launch.watch}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit code."""
    parser = OneSentenceParser(prog="python -m ict_lab.operate", description=__doc__)
    parser.add_argument("command", choices=[*STARTS, "status", "logs", "stop"])
    parser.add_argument("--bot", default="", help="bot_name of one of several that run")
    asked, words = parser.parse_known_args(arguments)
    try:
        return _done(asked.command, asked.bot, words)
    except LabError as error:
        return failed(f"make {asked.command}", error)
    except KeyboardInterrupt:
        return INTERRUPTED_EXIT


def _done(command: str, bot: str, words: Sequence[str]) -> int:
    if command in STARTS:
        return STARTS[command](words)
    if words:
        raise LabError(f"{' '.join(words)}: not an option of {command}")
    if command == "status":
        state.show_status()
    elif command == "logs":
        state.follow_log(bot)
    else:
        state.stop(bot)
    return 0


if __name__ == "__main__":
    sys.exit(main())
