"""Tune the settings with sliders next to the chart: a page on this machine, in your browser.

python -m ict_lab.tune [-c CONFIG ...] [--datadir FOLDER] [--strategies FOLDER] [--port PORT] [--language ko]
"""

from __future__ import annotations

import argparse
import errno
import logging
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

from ict_lab.command_line import OneSentenceParser, failed
from ict_lab.defaults import CONFIGS, own_configs
from ict_lab.errors import LabError, check_ranges
from ict_lab.places import STRATEGIES
from ict_lab.tune.server import HOST, PageServer
from ict_lab.tune.setup import make_setup
from ict_lab.tune.workbench import Workbench
from ict_lab.words import Wording

DEFAULT_PORT = 8050


def _parser() -> argparse.ArgumentParser:
    parser = OneSentenceParser(prog="python -m ict_lab.tune", description=(__doc__ or "").split("\n")[0])
    parser.add_argument(
        "-c", "--config", type=Path, action="append", metavar="PATH",
        help=f"Freqtrade's configuration; may be given again ({' '.join(map(str, CONFIGS))}, make setup's)",
    )  # fmt: skip
    parser.add_argument("-d", "--datadir", type=Path, metavar="PATH", help="candles, as for Freqtrade")
    parser.add_argument(
        "--strategies", type=Path, default=STRATEGIES, metavar="PATH",
        help="folder of the strategies and their JSON files (the one beside the tools)",
    )  # fmt: skip
    parser.add_argument("--trials", type=Path, metavar="PATH", help="log of what is tried")
    parser.add_language(
        "of the page (as make setup was told, else ict_messages.language of the configuration)"
    )
    parser.add_argument(
        "--port", type=int, default=DEFAULT_PORT, help=f"port on {HOST}, 0 for any ({DEFAULT_PORT})"
    )
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve the page until Ctrl-C.

    Parameters
    ----------
    arguments : Sequence[str], optional
        Command line without the program's name; the process's own without.

    Returns
    -------
    int
        Exit code: 0 after a clean stop, 2 after a bad option.
    """
    options = _parser().parse_args(arguments)
    said = Wording(options.language or "en").said
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    # It warns of each higher timeframe without a file; those candles are made from the base ones.
    logging.getLogger("freqtrade").setLevel(logging.ERROR)
    # Whether a bot answers is said on the page.
    logging.getLogger("ft_rest_client").setLevel(logging.ERROR)
    try:
        check_ranges(0, 65_535, port=options.port)
        workbench = Workbench(
            make_setup(
                options.config or own_configs(),
                options.strategies,
                options.datadir,
                options.trials,
                options.language,
            )
        )
        server = PageServer(workbench, options.port)
    except (LabError, OSError) as error:
        return failed("make tune", _named(error, options.port), said)
    # A shell's background job is deaf to Ctrl-C, unless it listens itself.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    _say_what_is_missing(workbench, said)
    try:
        print(f"Open {server.address} in your browser, or {server.address}/now. Ctrl-C ends it.", flush=True)
        server.serve()
    except KeyboardInterrupt:
        pass
    finally:
        workbench.close()
        server.close()
    # Werkzeug takes an interrupt for an end.
    print("Stopped.", flush=True)
    return 0


def _say_what_is_missing(workbench: Workbench, said: Callable[[str], str]) -> None:
    """Say here, too, that there are no candles: the page still follows a running bot."""
    try:
        workbench.pairs()
    except LabError as error:
        failed("make tune", error, said)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _named(error: Exception, port: int) -> Exception:
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return LabError(f"port must be free, {port} is in use; name another with --port")
    return error


if __name__ == "__main__":
    sys.exit(main())
