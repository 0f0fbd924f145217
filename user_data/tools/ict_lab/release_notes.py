"""Print a version's part of the changelog: `make notes`, or `python -m ict_lab.release_notes 0.2.0`."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence

from ict import __version__
from ict_lab.command_line import OneSentenceParser, failed
from ict_lab.errors import LabError
from ict_lab.places import REPOSITORY


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the notes; return the exit code."""
    parser = OneSentenceParser(prog="make notes", description=__doc__)
    parser.add_argument("version", nargs="?", default=__version__, help=f"default {__version__}")
    version = parser.parse_args(arguments).version.removeprefix("v")
    try:
        print(notes_of(version, (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8")))
    except LabError as error:
        return failed("make notes", error)
    return 0


def notes_of(version: str, changelog: str) -> str:
    """Return the text below a version's heading.

    Raises
    ------
    LabError
        When the changelog has no such version.
    """
    parts = re.split(r"(?m)^## (\S+).*$", changelog)[1:]
    found = dict(zip(parts[::2], parts[1::2], strict=True))
    if version not in found:
        raise LabError(f"version must be one of {', '.join(found)}, was {version}")
    return found[version].strip()


if __name__ == "__main__":
    sys.exit(main())
