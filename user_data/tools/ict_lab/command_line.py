"""What the command lines of the tools have in common."""

import argparse
import math
import re
import sys
from collections.abc import Callable, Mapping
from typing import Any, NoReturn, Self

from ict_lab.errors import LabError, check_ranges

USAGE_EXIT, INTERRUPTED_EXIT = 2, 130
_LANGUAGE = re.compile(r"--language[= ](\w+)")


def failed(tool: str, error: Exception, said: Callable[[str], str] = str) -> int:
    """Print an error in one sentence, and return the exit code.

    Parameters
    ----------
    tool : str
        The command, such as ``make now``.
    error : Exception
        Why it can't go ahead.
    said : Callable[[str], str]
        Says it in the person's language, as `Wording.said`.
    """
    # Freqtrade quotes a wrong configuration over several lines.
    print(f"{tool}: {said(' '.join(str(error).split()))}", file=sys.stderr)
    return USAGE_EXIT


class OneSentenceParser(argparse.ArgumentParser):
    """Answers a bad option with the program's name and one sentence instead of the whole usage.

    Help and that sentence are in the language that the command line asks for.
    """

    @classmethod
    def of(cls, prog: str, about: str | None, options: Mapping[str, Mapping[str, Any]]) -> Self:
        """Make a parser of a table: an option's name, and what argparse takes for it."""
        parser = cls(prog=prog, description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
        for name, given in options.items():
            parser.add_argument(name, **given)
        return parser

    def error(self, message: str) -> NoReturn:
        """End the program, by the same name as `failed`."""
        self.exit(failed(self.prog.replace("python -m ict_lab.", "make "), LabError(message), _in_language))

    def format_help(self) -> str:
        """Write the help."""
        self.description = self.description and _in_language(self.description)
        for action in self._actions:
            action.help = action.help and _in_language(action.help)
        # The headings are argparse's own.
        return "\n".join(_in_language(line) for line in super().format_help().split("\n"))

    def check_ranges(self, least: float, most: float = math.inf, **values: float) -> None:
        """End the program where a number is not allowed; see `ict_lab.errors.check_ranges`."""
        try:
            check_ranges(least, most, **values)
        except LabError as error:
            self.error(str(error))


def _in_language(text: str) -> str:
    """Say a text in the language that the process was asked for."""
    asked = _LANGUAGE.search(" ".join(sys.argv))
    if asked is None:
        return text
    # Words come with pandas and the settings, and a command without --language may have neither.
    from ict_lab.words import LANGUAGES, Wording

    return Wording(asked[1]).said(text) if asked[1] in LANGUAGES else text
