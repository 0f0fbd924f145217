"""What the command lines of the tools have in common."""

import argparse
from typing import NoReturn

USAGE_EXIT, INTERRUPTED_EXIT = 2, 130


class OneSentenceParser(argparse.ArgumentParser):
    """Answers a bad option with the program's name and one sentence instead of the whole usage."""

    def error(self, message: str) -> NoReturn:
        """End the program."""
        self.exit(USAGE_EXIT, f"{self.prog}: {message}\n")
