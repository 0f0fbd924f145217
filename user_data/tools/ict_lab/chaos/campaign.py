"""Many scenarios at once, and the shortest steps to each failure."""

import logging
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import active_children, get_context
from pathlib import Path
from threading import Event

from ict_lab.bots.agreement import Books
from ict_lab.chaos.checks import doubled, misreported, rounds, secrets_in, uncapped
from ict_lab.chaos.scenario import Scenario, made_from
from ict_lab.chaos.steps import Steps

PREFIX = "ict-chaos-"
# Money and messages of a closed trade settle within so many seconds.
_SETTLED_SECONDS = 30.0
_ENDED = Event()


@dataclass(frozen=True)
class Outcome:
    """The outcome of a scenario.

    Attributes
    ----------
    seed, numbers
        The scenario's seed, and the numbers of the steps that ran.
    complaints
        Checks that failed, a sentence each.
    met
        Faults that took effect, each with its phase.
    kills, kills_in_call
        How often the bot was killed, and how often inside an order call.
    seconds
        Duration in seconds.
    folder
        The bot's files; kept for a scenario that failed.
    """

    seed: int
    numbers: tuple[int, ...]
    complaints: tuple[str, ...]
    met: tuple[tuple[str, str], ...] = ()
    kills: int = 0
    kills_in_call: int = 0
    seconds: float = 0.0
    folder: str = ""


@dataclass
class Campaign:
    """The outcomes of many scenarios.

    Attributes
    ----------
    outcomes
        One for each scenario.
    shortest
        Fewest steps that still fail, by the seed of the failure.
    """

    outcomes: list[Outcome] = field(default_factory=list)
    shortest: dict[int, Outcome] = field(default_factory=dict)

    @property
    def failures(self) -> list[Outcome]:
        """Outcomes with a failed check."""
        return [outcome for outcome in self.outcomes if outcome.complaints]


def live(seed: int, numbers: tuple[int, ...] = ()) -> Outcome:
    """Run a seed's scenario, or only the steps with some numbers, and return its outcome."""
    if _ENDED.is_set():
        raise KeyboardInterrupt
    # The server would remark on each connection that is cut on purpose.
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL)
    whole = made_from(seed)
    scenario = whole.only(numbers) if numbers else whole
    folder, begun = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{seed}-")), time.monotonic()
    with Steps(scenario, folder) as world:
        _run(world, scenario)
        complaints = tuple(dict.fromkeys(world.complaints))
        if complaints:
            (folder / "scenario.txt").write_text("\n".join([*scenario.lines(), *complaints]), "utf-8")
        else:
            shutil.rmtree(folder)
        return Outcome(
            seed, numbers or tuple(range(1, len(whole.steps) + 1)), complaints, tuple(world.met),
            world.kills, world.kills_in_call, time.monotonic() - begun, str(folder) if complaints else "",
        )  # fmt: skip


def _run(world: Steps, scenario: Scenario) -> None:
    """Run the steps, end all faults, and check the final state."""
    for step in scenario.steps:
        world.run(step)
    world.do_heal("")
    world.do_agree("")
    if world.was_silent:
        _restart(world)
    world.until(lambda: not _at_rest(world), _SETTLED_SECONDS)
    world.complaints += _at_rest(world)
    world.complaints += doubled(world.state(), rounds(world.state(), world.by_hand))
    world.watch.down()
    world.bot.stop()
    settings = world.server.exchange.settings
    secrets = (world.discord.url.rsplit("/", 1)[-1], settings.key, settings.secret)
    world.complaints += secrets_in(world.bot.folder, secrets)
    world.complaints += [f"refused: {refusal}" for refusal in world.server.exchange.record.refusals]
    world.complaints += [f"reached for the network: {host}" for host in world.bot.refused_hosts]


def _restart(world: Steps) -> None:
    """Restart the bot, which reports what it could not report before."""
    world.watch.down()
    world.bot.stop()
    world.do_start("")


def _at_rest(world: Steps) -> list[str]:
    """Return what is wrong with money and messages."""
    books: Books = world.books()
    found, messages = rounds(books.state, world.by_hand), world.bot.told()
    wrong = [*misreported(books, found, messages)]
    return [*wrong, *uncapped(books.state, found)] if world.scenario.tight_cap else wrong


@contextmanager
def _workers(jobs: int) -> Iterator[ProcessPoolExecutor]:
    """Return worker processes that end, with their bots, when this one is interrupted."""
    pool = ProcessPoolExecutor(jobs, get_context("spawn"), _end_on_signals)
    try:
        yield pool
    except BaseException:
        for process in active_children():
            process.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _end_on_signals() -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end)


def _end(_number: int, _frame: object) -> None:
    """End the running scenario and all later ones: a pool's process would continue with the next."""
    _ENDED.set()
    raise KeyboardInterrupt


def run(seeds: Iterable[int], jobs: int, say: Callable[[Outcome], None]) -> Campaign:
    """Run the scenarios of some seeds.

    Parameters
    ----------
    seeds
        Their seeds.
    jobs
        How many run at once.
    say
        Receives each outcome.
    """
    campaign = Campaign()
    with _workers(jobs) as pool:
        for future in as_completed([pool.submit(live, seed) for seed in seeds]):
            campaign.outcomes.append(future.result())
            say(campaign.outcomes[-1])
    campaign.outcomes.sort(key=lambda outcome: outcome.seed)
    return campaign


def shrink(campaign: Campaign, jobs: int, say: Callable[[Outcome], None], most: int) -> None:
    """Find the fewest steps with which the first failures still fail.

    Parameters
    ----------
    campaign
        Holds the failures, and receives their shortest steps.
    jobs
        How many at once.
    say
        Takes each outcome as it comes.
    most
        How many failures are shrunk.
    """
    wanted = campaign.failures[:most]
    with _workers(jobs) as pool:
        for future in as_completed([pool.submit(shortest, failed) for failed in wanted]):
            found = future.result()
            campaign.shortest[found.seed] = found
            say(found)


def shortest(failed: Outcome, attempt: Callable[[int, tuple[int, ...]], Outcome] = live) -> Outcome:
    """Drop each step that a failure does not need, starting with the last.

    Parameters
    ----------
    failed
        The failure.
    attempt
        Runs a seed with some of its steps.
    """
    best = failed
    for number in reversed(failed.numbers):
        fewer = tuple(other for other in best.numbers if other != number)
        if fewer and is_alike(best, found := attempt(failed.seed, fewer)):
            best = found
    return best


def is_alike(failed: Outcome, other: Outcome) -> bool:
    """Whether an outcome is the same kind of failure: the same words before any figure."""
    return bool(set(map(_kind, failed.complaints)) & set(map(_kind, other.complaints)))


def _kind(complaint: str) -> str:
    return "".join(letter for letter in complaint if not (letter.isdigit() or letter in "+-.,"))


def counted(outcomes: Collection[Outcome]) -> Iterator[tuple[str, str, int]]:
    """Count how often each fault took effect in each phase."""
    met = [pair for outcome in outcomes for pair in outcome.met if pair[0] != "not reached"]
    for fault, phase in dict.fromkeys(met):
        yield fault, phase, met.count((fault, phase))
