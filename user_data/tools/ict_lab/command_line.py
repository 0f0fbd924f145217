"""What the command lines of the tools have in common."""

import argparse
import sys
from typing import NoReturn

USAGE_EXIT, INTERRUPTED_EXIT = 2, 130


def failed(tool: str, error: Exception) -> int:
    """Print an error in one sentence, and return the exit code.

    Parameters
    ----------
    tool : str
        The command, such as ``make now``.
    error : Exception
        Why it can't go ahead.
    """
    print(f"{tool}: {error}", file=sys.stderr)
    return USAGE_EXIT


class OneSentenceParser(argparse.ArgumentParser):
    """Answers a bad option with the program's name and one sentence instead of the whole usage."""

    def error(self, message: str) -> NoReturn:
        """End the program."""
        self.exit(USAGE_EXIT, f"{self.prog}: {message}\n")
