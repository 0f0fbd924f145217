"""A world keeps its bot alive and knows when it is up; a process that writes a log stands in for the bot."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from ict_lab.chaos.scenario import made_from
from ict_lab.chaos.steps import Steps
from ict_lab.chaos.world import CLOSES, READY_SECONDS, ms

# Ends a loop now and then, and says what time it takes it to be.
LOOPING = """
import pathlib, sys, time
while True:
    with open(pathlib.Path(sys.argv[1], "logs", "trader.log"), "a") as log:
        print(time.time(), "Throttling with '_process_running()'", file=log, flush=True)
    time.sleep(0.1)
"""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Steps]:
    with Steps(made_from(1), tmp_path) as steps:
        steps.bot._line = [sys.executable, "-c", LOOPING, str(tmp_path)]
        yield steps


def bots_time(world: Steps) -> datetime:
    lines = (world.bot.folder / "logs" / "trader.log").read_text("utf-8").splitlines()
    return datetime.fromtimestamp(float(lines[-1].split()[0]), UTC)


def test_a_bot_is_started_killed_and_started_again(world: Steps) -> None:
    world.do_start("")
    assert (world.watch.is_ready, world.complaints) == (True, [])
    world.do_kill("stop resting")
    assert (world.watch.is_ready, world.bot.process_id) == (False, None)
    world.do_wait("", 0.5)
    assert world.bot.process_id is None  # it was meant to end
    world.do_start("")
    assert (world.watch.is_ready, world.kills, world.kills_in_call) == (True, 1, 0)
    assert world.met == [("kill -9", "stop resting")]
    assert world.complaints == []


@pytest.mark.parametrize(("disk_fails", "said"), [(False, ["the bot ended by itself"]), (True, [])])
def test_a_bot_that_ends_by_itself_is_started_again(world: Steps, disk_fails: bool, said: list[str]) -> None:
    world.do_start("")
    first, world.disk_fails = world.bot.process_id, disk_fails
    world.bot.crash()
    assert world.until(lambda: world.bot.process_id not in (None, first), READY_SECONDS)
    assert world.until(lambda: world.watch.is_ready, READY_SECONDS)
    assert world.complaints == said


def test_the_candle_of_the_signal_closes_for_bot_and_exchange(world: Steps) -> None:
    world.do_start("")
    closes = datetime.fromisoformat(CLOSES)
    assert bots_time(world) < closes
    world.do_candle("")
    assert world.until(lambda: bots_time(world) >= closes, READY_SECONDS)
    assert world.clock.now_ms() >= ms(CLOSES)
    assert abs(bots_time(world).timestamp() * 1000 - world.clock.now_ms()) < 2_000


def test_a_bots_clock_is_set_back(world: Steps) -> None:
    world.do_start("")
    before = bots_time(world)
    world.do_fault("clock set back", seconds=90.0)
    assert world.until(lambda: bots_time(world) < before, READY_SECONDS)
    # The exchange takes it for its own mistake, and for none once the bot is started again.
    assert world.server.exchange.shift_ms == -90_000
    world.do_kill("stop resting")
    world.do_start("")
    assert world.server.exchange.shift_ms == 0
    assert world.until(lambda: bots_time(world) >= before, READY_SECONDS)
