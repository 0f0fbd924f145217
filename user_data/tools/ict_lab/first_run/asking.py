"""Ask on a terminal until an answer is one: the allowed range is named, a secret is never shown."""

from __future__ import annotations

import getpass
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from ict_lab.errors import LabError

Read = TypeVar("Read")
YES, NO = ("y", "yes", "ㅛ"), ("n", "no", "ㅜ")


class UnfitError(Exception):
    """An answer is none; the text names what is allowed."""


@dataclass(frozen=True)
class Asker:
    """Asks in one language, on the terminal or from a pipe.

    Attributes
    ----------
    words : Mapping[str, str]
        What it says, by name.
    """

    words: Mapping[str, str]

    def text(
        self, name: str, form: str, allowed: str, *, secret: bool = False, optional: bool = False
    ) -> str:
        """Ask for a text of a form, a regular expression; empty is one where it is optional."""

        def read(given: str) -> str:
            if (optional and not given) or re.fullmatch(form, given, re.ASCII):
                return given
            raise UnfitError(self.words[allowed])

        return self._asked(self.words[name], read, secret=secret)

    def choice(self, question: str, choices: Sequence[str]) -> str:
        """Ask for one of some words; empty is the first."""

        def read(given: str) -> str:
            word = given.lower() or choices[0]
            if word in choices:
                return word
            raise UnfitError(", ".join(choices))

        return self._asked(f"{question}: {', '.join(choices)} [{choices[0]}]", read)

    def number(self, name: str, low: float, high: float, usual: float) -> float:
        """Ask for a number of a range, both ends included; empty is the usual one."""

        def read(given: str) -> float:
            try:
                value = float(given.replace(",", ".").rstrip(" %") or usual)
            except ValueError:
                value = float("nan")
            if low <= value <= high:
                return value
            raise UnfitError(f"{low:g} … {high:g}")

        return self._asked(f"{self.words[name]}: {low:g} … {high:g} [{usual:g}]", read)

    def yes(self, question: str, *, usual: bool) -> bool:
        """Ask for yes or no."""

        def read(given: str) -> bool:
            word = given.lower()
            if word in (*YES, *NO, ""):
                return usual if not word else word in YES
            raise UnfitError(self.words["yes_no"])

        return self._asked(f"{question} [{'Y/n' if usual else 'y/N'}]", read)

    def _asked(self, question: str, read: Callable[[str], Read], *, secret: bool = False) -> Read:
        while True:
            given = self._line(f"{question}: ", secret=secret)
            try:
                return read(given)
            except UnfitError as unfit:
                said = self.words["was_secret" if secret else "allowed"]
                print("  " + said.format(allowed=unfit, given=given))

    def _line(self, prompt: str, *, secret: bool) -> str:
        """Read a line; Python's own hidden prompt would open the terminal behind a pipe."""
        try:
            if secret and sys.stdin.isatty():
                return getpass.getpass(prompt).strip()
            return input(prompt).strip()
        except EOFError:
            raise LabError(self.words["ended"]) from None
        except UnicodeDecodeError:
            raise LabError(self.words["unreadable"]) from None
