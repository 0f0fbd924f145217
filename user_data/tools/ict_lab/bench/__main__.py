"""Print the benchmark: ``python -m ict_lab.bench [analysis] [growth] [backtest] [replay] [pairs]``."""

import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from ict_lab.command_line import OneSentenceParser

PARTS = ("analysis", "growth", "backtest", "replay", "pairs")
WIDTH = 150


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the chosen parts, all of them if none; return 1 if one cannot run, not for a missed bar."""
    parser = OneSentenceParser(prog="python -m ict_lab.bench", description=__doc__)
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=f"some of {', '.join(PARTS)}; all by default"
    )
    parts = parser.parse_args(arguments).parts or PARTS
    if unknown := set(parts) - set(PARTS):
        parser.error(f"parts must be among {', '.join(PARTS)}, was {', '.join(sorted(unknown))}")
    try:
        _report(parts)
    except ImportError as error:
        print(
            f"{error}; install it with: pip install -r requirements-bench.txt -c constraints.txt",
            file=sys.stderr,
        )
    except (OSError, RuntimeError) as error:
        print(f"The benchmark cannot run: {error}", file=sys.stderr)
    else:
        return 0
    return 1


def _report(parts: Sequence[str]) -> None:
    from ict_lab.bench import subjects
    from ict_lab.bench.analysis import analysis_rows
    from ict_lab.bench.backtest import backtest_rows
    from ict_lab.bench.candles import find_source
    from ict_lab.bench.growth import growth_rows
    from ict_lab.bench.pairs import pairs_rows
    from ict_lab.bench.replay import replay_rows
    from ict_lab.bench.rows import table

    begun = time.perf_counter()
    # A narrow terminal wraps whole lines; rich would break the words of the first column.
    console = Console(width=max(WIDTH, Console().width))
    say = Console(stderr=True, style="dim", soft_wrap=True).print
    with tempfile.TemporaryDirectory(prefix="ict-bench-") as scratch:
        source = find_source(Path(scratch) / "data")
        frame = source.frame()
        versions = subjects.versions(peers="analysis" in parts)
        console.print(f"{len(frame):,} {source.about}. {versions}", highlight=False)
        rows = analysis_rows(frame, say) if "analysis" in parts else []
        rows += growth_rows(say) if "growth" in parts else []
        rows += backtest_rows(source, Path(scratch), say) if "backtest" in parts else []
        rows += replay_rows(Path(scratch), say) if "replay" in parts else []
        rows += pairs_rows(Path(scratch), say) if "pairs" in parts else []
    missed = sum(not row.met for row in rows)
    console.print(table(rows))
    verdict = f"{missed} bars missed" if missed else "All bars met"
    console.print(f"{verdict}, in {time.perf_counter() - begun:.0f} s.")


if __name__ == "__main__":
    sys.exit(main())
