"""Start the loopback exchange for people: ``python -m loopback --synthetic --write-overlay FILE``."""

import argparse
import errno
import signal
import sys
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import NoReturn

from loopback.clock import Clock, FixedClock, RunningClock, WallClock
from loopback.exchange import Exchange
from loopback.market.folder import FolderMarket
from loopback.market.shifted import shifted_to
from loopback.market.source import Market
from loopback.market.synthetic import DEFAULT_SYMBOLS, SyntheticMarket
from loopback.server import LoopbackServer
from loopback.settings import TEST_KEY, TEST_SECRET, Settings
from loopback.symbols import first_symbols, spec_of_pair

DEFAULT_PORT = 8899
_USAGE_EXIT = 2
_HISTORY = timedelta(days=365)
# So that the candles do not end during a session.
_FUTURE = timedelta(days=60)


class _Parser(argparse.ArgumentParser):
    """Prints one sentence for a bad option instead of the whole usage."""

    def error(self, message: str) -> NoReturn:
        self.exit(_USAGE_EXIT, f"{message}\n")


def _moment(text: str) -> datetime:
    """Read a time such as 2024-01-31 or 2024-01-31T09:30, UTC unless it says otherwise."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a time such as 2024-01-31T09:30, was {text}") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _symbol(pair: str) -> str:
    try:
        return spec_of_pair(pair).symbol
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _balance(text: str) -> Decimal:
    try:
        balance = Decimal(text)
    except InvalidOperation:
        raise argparse.ArgumentTypeError(f"must be a number of USDT, was {text}") from None
    if not balance.is_finite() or balance < 0:
        raise argparse.ArgumentTypeError(f"must be 0 or above, was {text}")
    return balance


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m loopback", description="A Binance USD-M futures stand-in on 127.0.0.1.")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--datadir", type=Path, help="Freqtrade data folder that holds futures/")
    source.add_argument("--synthetic", action="store_true", help="seeded random candles")
    parser.add_argument("--seed", type=int, default=1, help="seed of the synthetic market (default 1)")
    parser.add_argument("--start", type=_moment, help="first candle; synthetic: a year ago unless given")
    parser.add_argument("--end", type=_moment, help="end of the candles; synthetic: in 60 days unless given")
    listed = parser.add_mutually_exclusive_group()
    listed.add_argument("--pairs", type=_symbol, nargs="+", metavar="PAIR", help="such as BTC/USDT:USDT")
    listed.add_argument(
        "--contracts",
        type=int,
        metavar="N",
        help="so many; synthetic ones beyond the known are COIN1, COIN2, ...",
    )
    parser.add_argument(
        "--port", type=int, default=DEFAULT_PORT, help="the proxy's port, 0 for any (default 8899)"
    )
    parser.add_argument(
        "--now", type=_moment, help="the exchange's time; it is stopped unless --speed is given"
    )
    parser.add_argument("--speed", type=float, help="how fast the time runs from --now, 1 is real time")
    parser.add_argument(
        "--shift-to-now",
        action="store_true",
        help="serve the candles whole weeks later, so that they continue for at least a day from now",
    )
    parser.add_argument(
        "--balance", type=_balance, default=Decimal(10_000), help="USDT in the wallet (10000)"
    )
    parser.add_argument("--key", default=TEST_KEY, help="the API key to accept (a test key)")
    parser.add_argument("--secret", default=TEST_SECRET, help="its secret (a test secret)")
    parser.add_argument("--write-overlay", type=Path, metavar="PATH", help="write the Freqtrade overlay here")
    return parser


def _market(options: argparse.Namespace) -> Market:
    if options.synthetic:
        today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        start, end = options.start or today - _HISTORY, options.end or today + _FUTURE
        symbols = first_symbols(options.contracts) if options.contracts else options.pairs or DEFAULT_SYMBOLS
        return SyntheticMarket(_ms(start), _ms(end), options.seed, symbols)
    limits = {"start_ms": options.start, "end_ms": options.end}
    given = {name: _ms(moment) for name, moment in limits.items() if moment}
    market = FolderMarket(options.datadir, options.pairs, None, **given)
    now = _ms(options.now or datetime.now(UTC))
    return shifted_to(market, now) if options.shift_to_now else market


def _clock(options: argparse.Namespace) -> Clock:
    if options.now is None:
        if options.speed is not None:
            raise ValueError("speed must come with --now")
        return WallClock()
    return (
        FixedClock(_ms(options.now))
        if options.speed is None
        else RunningClock(_ms(options.now), options.speed)
    )


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _check(options: argparse.Namespace) -> None:
    if not 0 <= options.port <= 65_535:
        raise ValueError(f"port must be between 0 and 65535, was {options.port}")
    if options.seed < 0:
        raise ValueError(f"seed must be 0 or above, was {options.seed}")
    if options.contracts is not None and not (options.synthetic and options.contracts > 0):
        raise ValueError(f"contracts must be above 0 and come with --synthetic, was {options.contracts}")
    if options.shift_to_now and options.synthetic:
        raise ValueError(
            "shift-to-now must come with --datadir, synthetic candles reach up to now by themselves"
        )


def _serve(server: LoopbackServer, overlay: Path | None) -> None:
    """Serve until Ctrl-C or SIGTERM."""
    asked_to_stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: asked_to_stop.set())
    with server:
        if overlay:
            server.write_overlay(overlay)
        print(f"Serving {server.exchange.source.describe()}")
        print(f"Proxy   {server.proxy_url}")
        print(f"Control {server.control_url}  (/, /state, /requests, /refusals, POST /do/COMMAND)")
        print(f"Key     {server.exchange.settings.key}")
        print(f"Secret  {server.exchange.settings.secret}")
        print(f"Overlay {overlay or 'none, ask for one with --write-overlay PATH'}")
        print("Stop with Ctrl-C.", flush=True)
        asked_to_stop.wait()
    print("Stopped.", flush=True)


def _sentence(error: OSError | ValueError, port: int) -> str:
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return f"port must be free, {port} is in use"
    return str(error)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code: 0 after a clean stop, 2 after a bad option.

    Parameters
    ----------
    arguments
        Command line without the program's name; the process's own if None.
    """
    options = _parser().parse_args(arguments)
    try:
        _check(options)
        settings = Settings(options.key, options.secret, options.balance)
        exchange = Exchange(_market(options), _clock(options), settings=settings)
        _serve(LoopbackServer(exchange, options.port), options.write_overlay)
    except (OSError, ValueError) as error:
        print(_sentence(error, options.port), file=sys.stderr)
        return _USAGE_EXIT
    return 0


if __name__ == "__main__":
    sys.exit(main())
