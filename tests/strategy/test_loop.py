"""The live bot's loop: when a stop signal ends it, how long it waits, and what it survives."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest
from freqtrade.exceptions import DependencyException, OperationalException, TemporaryError
from freqtrade.persistence import Trade
from freqtrade.worker import Worker
from ict_host.loop import HURRIED_LOOPS, HURRIED_SECONDS, OF_ONE, SIGNALS, Loop
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from tests.strategy.host import memory_database, opened
from tests.support.patience import PATIENCE

THROTTLE = 5.0


def bot(process: Callable[..., Any], work: Callable[..., Any]) -> SimpleNamespace:
    """Stand in for Freqtrade's bot: its loop, and its work on one pair or trade."""
    return SimpleNamespace(process=process, **dict.fromkeys(OF_ONE, work))


class Bench:
    """A loop around a bot that does what a test wants, with waits that take no time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.inner: Callable[[], None] = lambda: None
        self.bare: Any = False
        self.told: list[tuple[str, str]] = []
        self.slept: list[float] = []
        self.work: Callable[[Any], bool] = lambda of: True
        self.bot = bot(lambda: self.inner(), lambda of: self.work(of))
        monkeypatch.setattr("ict_host.loop.time.sleep", self.slept.append)
        self.loop = Loop(self.bot, THROTTLE, self._unprotected, lambda *told: self.told.append(told))

    def _unprotected(self) -> bool:
        if isinstance(self.bare, Exception):
            raise self.bare
        return bool(self.bare)

    def turn(self, seconds: float = THROTTLE) -> None:
        self.bot.process()
        Worker._sleep(seconds)

    def order(self) -> None:
        with self.loop.holding():
            pass


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    handlers, sleep = {number: signal.getsignal(number) for number in SIGNALS}, Worker._sleep
    yield Bench(monkeypatch)
    for number, handler in handlers.items():
        signal.signal(number, handler)
    Worker._sleep = staticmethod(sleep)  # type: ignore[method-assign, assignment]


def stop(number: int = signal.SIGTERM) -> None:
    """Send this process a stop signal, and let Python see it."""
    os.kill(os.getpid(), number)
    for _ in range(1000):
        pass


# Stop signals


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_between_orders_ends_the_bot_at_once(bench: Bench, number: int) -> None:
    with pytest.raises(KeyboardInterrupt):
        stop(number)
    bench.turn()
    assert bench.slept == [THROTTLE]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("is_in_it", [True, False], ids=["in the order", "after it"])
def test_a_signal_with_an_order_waits_for_the_end_of_the_loop(
    bench: Bench, number: int, is_in_it: bool
) -> None:
    steps = []

    def process() -> None:
        with bench.loop.holding():
            stop(number) if is_in_it else None
            steps.append("answer")
        stop(number) if not is_in_it else None
        steps.append("booked")

    bench.inner = process
    bench.bot.process()
    with pytest.raises(KeyboardInterrupt):
        Worker._sleep(THROTTLE)
    assert (steps, bench.slept) == (["answer", "booked"], [])
    # It was obeyed; a process that lived on would not end of it again.
    bench.inner = lambda: None
    bench.turn()


@pytest.mark.parametrize("loops", [1, HURRIED_LOOPS])
def test_a_signal_waits_until_the_stop_rests_but_not_without_end(bench: Bench, loops: int) -> None:
    bench.bare = True
    bench.order()
    stop()
    for _ in range(loops):
        bench.turn()
    bench.bare = loops == HURRIED_LOOPS
    bench.bot.process()
    with pytest.raises(KeyboardInterrupt):
        Worker._sleep(THROTTLE)
    assert bench.slept == [HURRIED_SECONDS] * loops


def test_loops_are_hurried_after_an_order_alone_and_anew_after_the_next(bench: Bench) -> None:
    bench.bare = True
    Worker._sleep(THROTTLE)
    for _ in range(2):
        bench.order()
        for _ in range(HURRIED_LOOPS + 2):
            Worker._sleep(THROTTLE)
    once = [HURRIED_SECONDS] * HURRIED_LOOPS + [THROTTLE] * 2
    assert bench.slept == [THROTTLE, *once, *once]


def test_a_look_that_fails_hurries_nothing(bench: Bench) -> None:
    bench.bare = OperationalError("select", {}, Exception("locked"))
    bench.order()
    Worker._sleep(THROTTLE)
    assert bench.slept == [THROTTLE]


def test_orders_within_orders_and_orders_that_fail(bench: Bench) -> None:
    with bench.loop.holding():
        with pytest.raises(ValueError, match="refused"), bench.loop.holding():
            raise ValueError("refused")
        stop()
        Worker._sleep(THROTTLE)
    with pytest.raises(KeyboardInterrupt):
        Worker._sleep(THROTTLE)
    assert bench.slept == [HURRIED_SECONDS]


def test_an_order_of_another_thread_is_waited_for(bench: Bench) -> None:
    """A forced entry comes from the API's thread, while the loop may sleep."""
    begun, go = threading.Event(), threading.Event()

    def order() -> None:
        with bench.loop.holding():
            begun.set()
            go.wait(PATIENCE)

    other = threading.Thread(target=order)
    other.start()
    assert begun.wait(PATIENCE)
    stop()
    bench.turn()
    go.set()
    other.join(PATIENCE)
    with pytest.raises(KeyboardInterrupt):
        bench.turn()
    assert bench.slept == [HURRIED_SECONDS]


def test_a_bot_outside_the_main_thread_leaves_signals_alone(bench: Bench) -> None:
    before = signal.getsignal(signal.SIGTERM)
    made = []
    other = threading.Thread(target=lambda: made.append(Loop(bot(print, print), THROTTLE, bool, print)))
    other.start()
    other.join(PATIENCE)
    assert len(made) == 1
    assert signal.getsignal(signal.SIGTERM) == before


# Waits


@pytest.mark.parametrize(("asked", "slept", "jump"), [
    (0.0, 0.0, None),
    (2.5, 2.5, None),
    (THROTTLE + 1, THROTTLE + 1, None),  # until the next candle's first second
    (THROTTLE + 1.6, THROTTLE + 1, "1"),  # the clock was set back
    (3_606.0, THROTTLE + 1, "3600"),
])  # fmt: skip
def test_no_wait_is_longer_than_the_throttle(
    bench: Bench, asked: float, slept: float, jump: str | None
) -> None:
    bench.turn(asked)
    assert bench.slept == [slept]
    if jump is None:
        assert bench.told == []
    else:
        (said,) = bench.told
        assert said[0] == "clock_jumped"
        assert round(float(said[1])) in (int(jump), int(jump) + 1)


# Errors


def test_an_error_of_the_database_ends_nothing_and_leaves_nothing_half_done(bench: Bench) -> None:
    def locked() -> None:
        Trade.get_open_trades()[0].stop_loss = 1.0
        Trade.session.execute(text("select * from no_such_table"))

    bench.inner = locked
    with memory_database():
        before = opened()[0].stop_loss
        bench.turn()
        # Freqtrade's session is clean again.
        assert Trade.get_open_trades()[0].stop_loss == before
    ((kind, said),) = bench.told
    assert (kind, said.split(":")[0]) == ("loop", "OperationalError")
    assert bench.slept == [THROTTLE]


@pytest.mark.parametrize("error", [TemporaryError, OperationalException, KeyboardInterrupt])
def test_what_freqtrade_handles_itself_is_passed_on(bench: Bench, error: type[BaseException]) -> None:
    bench.inner = Mock(side_effect=error("said"))
    with pytest.raises(error, match="said"):
        bench.bot.process()
    assert bench.told == []


def test_a_wait_takes_its_time(monkeypatch: pytest.MonkeyPatch, bench: Bench) -> None:
    monkeypatch.undo()
    before = time.monotonic()
    Worker._sleep(0.05)
    assert time.monotonic() - before >= 0.05


# One pair, one trade


@pytest.mark.parametrize(("error", "raised"), [
    (KeyError("ETH"), DependencyException), (UnboundLocalError("max_stake"), DependencyException),
    (TemporaryError("503"), TemporaryError), (OperationalException("stop"), OperationalException),
    (OperationalError("update", {}, Exception("locked")), OperationalError),
])  # fmt: skip
@pytest.mark.parametrize("name", OF_ONE)
def test_an_error_with_one_pair_or_trade_is_its_own(
    bench: Bench, name: str, error: Exception, raised: type[Exception]
) -> None:
    """Freqtrade goes on with the next one after a DependencyException; with others it gives up the loop."""
    with memory_database():
        trade, _ = opened()
        trade.stop_loss = 1.0
        bench.work = Mock(side_effect=[error, True])
        with pytest.raises(raised):
            getattr(bench.bot, name)(trade)
        assert getattr(bench.bot, name)(trade) is True
        assert (trade.stop_loss == 1.0) is (raised is not DependencyException)
