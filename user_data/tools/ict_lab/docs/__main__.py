"""Write the reference pages: ``python -m ict_lab.docs``, `make docs`."""

from __future__ import annotations

import sys
from pathlib import Path

from ict_lab.command_line import OneSentenceParser
from ict_lab.docs.pages import PAGES, made
from ict_lab.errors import LabError


def main() -> int:
    """Write the pages whose text changes, and name them."""
    parser = OneSentenceParser(prog="ict_lab.docs", description="Write the reference pages in docs/.")
    parser.add_argument(
        "--datadir",
        type=Path,
        help="candles on which to measure how often each column is set",
    )
    candles = parser.parse_args().datadir
    try:
        for page in PAGES:
            before = page.read_text(encoding="utf-8")
            after = made(before, candles)
            if after != before:
                page.write_text(after, encoding="utf-8")
                print(f"{page.name} was updated")
    except LabError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
