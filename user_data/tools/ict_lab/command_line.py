"""What the command lines of the tools have in common."""

import argparse
import math
import re
import sys
from collections.abc import Callable, Mapping
from typing import Any, NoReturn, Self

from ict_lab.errors import LabError, check_ranges
from ict_lab.places import OWN_OVERLAY

USAGE_EXIT, INTERRUPTED_EXIT = 2, 130
_LANGUAGE = re.compile(r"--language[= ](\w+)")
_TOLD = re.compile(r'"language": "(\w+)"')


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

    A tool that has `--language` says help and that sentence in it.
    """

    @classmethod
    def of(cls, prog: str, about: str | None, options: Mapping[str, Mapping[str, Any]]) -> Self:
        """Make a parser of a table: an option's name, and what argparse takes for it."""
        parser = cls(prog=prog, description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
        for name, given in options.items():
            parser.add_argument(name, **given)
        return parser

    def add_language(self, about: str, otherwise: str | None = None) -> None:
        """Add `--language`: by default what `make setup` was told, else another."""
        # Elsewhere than with --language, neither the words nor what they bring along are needed.
        from ict.words.languages import LANGUAGES

        told = own_language()
        default = told if told in LANGUAGES else otherwise
        self.add_argument("--language", choices=LANGUAGES, default=default, help=about)

    def error(self, message: str) -> NoReturn:
        """End the program, by the same name as `failed`."""
        self.exit(failed(self.prog.replace("python -m ict_lab.", "make "), LabError(message), self._said))

    def format_help(self) -> str:
        """Write the help."""
        self.description = self.description and self._said(self.description)
        for action in self._actions:
            action.help = action.help and self._said(action.help)
        # The headings are argparse's own.
        return "\n".join(self._said(line) for line in super().format_help().split("\n"))

    def check_ranges(self, least: float, most: float = math.inf, **values: float) -> None:
        """End the program where a number is not allowed; see `ict_lab.errors.check_ranges`."""
        try:
            check_ranges(least, most, **values)
        except LabError as error:
            self.error(str(error))

    def _said(self, text: str) -> str:
        asked = _LANGUAGE.search(" ".join(sys.argv))
        language = asked[1] if asked else self.get_default("language")
        if language is None:
            return text
        # Words come with pandas and the settings, and a command without --language may have neither.
        from ict_lab.words import LANGUAGES, Wording

        return Wording(language).said(text) if language in LANGUAGES else text


def own_language() -> str | None:
    """Return the language that `make setup` was told; None where it has not run."""
    try:
        told = _TOLD.search(OWN_OVERLAY.read_text(encoding="utf-8"))
    except OSError:
        return None
    return told[1] if told else None
