"""Faults of the bot's own machine: disk, clock, signals, and a Discord that is down."""

import time
from contextlib import AbstractContextManager

from ict_lab.bots.disk import full_disk, locked
from ict_lab.chaos.acts import acts
from ict_lab.chaos.world import POLL_SECONDS, World


def _for_a_while(world: World, failing: AbstractContextManager[None], seconds: float) -> None:
    world.disk_fails = True
    with failing:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
    world.watch.healed()


@acts("database locked")
def _database_locked(world: World, seconds: float) -> bool:
    if not world.bot.database.exists():
        return False
    _for_a_while(world, locked(world.bot.database), seconds)
    return True


@acts("disk full")
def _disk_full(world: World, seconds: float) -> bool:
    number = world.bot.process_id
    if number is None:
        return False
    _for_a_while(world, full_disk(number), seconds)
    return True


@acts("Discord down")
def _discord_down(world: World) -> None:
    world.was_silent = world.discord.is_down = True


def _clock(world: World, seconds: float) -> bool:
    if world.bot.process_id is None:
        return False
    world.bot.set_clock(seconds)
    world.operator.shift_server_time(world.server.exchange.shift_ms + int(seconds * 1000))
    return True


@acts("clock set back")
def _clock_set_back(world: World, seconds: float) -> bool:
    return _clock(world, -seconds)


@acts("clock jumps ahead")
def _clock_jumps_ahead(world: World, seconds: float) -> bool:
    return _clock(world, seconds)


@acts("SIGTERM")
def _sigterm(world: World) -> bool:
    if world.bot.process_id is None:
        return False
    world.watch.down()
    world.bot.stop()
    world.do_start("")
    return True


@acts("killed at the start")
def _killed_at_the_start(world: World, seconds: float) -> bool:
    if world.bot.process_id is None:
        return False
    world.do_kill(world.scenario.phase.name)
    world.bring_up()
    time.sleep(seconds)
    world.do_kill(world.scenario.phase.name)
    world.do_start("")
    return True
