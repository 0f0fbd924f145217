"""What the page does, without the page: each answer from the page's values, files read again each time."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from freqtrade.exchange import timeframe_to_minutes
from ict_host.parameters import GROUPS

from ict import Params
from ict.errors import ParameterError
from ict.memory import memory_candles
from ict.pair_groups import PairGroups
from ict.params import expanded
from ict.setups.faults import setup_faults
from ict_lab.errors import LabError
from ict_lab.funding import ExpectedFunding, expected_funding
from ict_lab.tune import candles
from ict_lab.tune.bot import Bot, BotFacts
from ict_lab.tune.candles import Stretch
from ict_lab.tune.controls import as_values, read_page
from ict_lab.tune.in_force import Change, Held, Source, block_faults, changes, in_force, starting_values
from ict_lab.tune.quick_backtest import Order, Progress, QuickBacktest, Result
from ict_lab.tune.reading import Reading, read
from ict_lab.tune.setup import BotAccess, Setup, bot_access
from ict_lab.tune.stored import Stored, read_stored, write
from ict_lab.tune.strategies import Preset, find_presets

MINUTES_A_WEEK = 7 * 24 * 60
KEPT_READINGS = 32


@dataclass(frozen=True)
class Choice:
    """Which candles are looked at.

    Attributes
    ----------
    pair, timeframe
        As Freqtrade names them.
    last_day : str
        Day of the last candle, UTC; empty for the newest.
    count : int
        How many.
    """

    pair: str
    timeframe: str
    last_day: str
    count: int


@dataclass(frozen=True)
class Standing:
    """What is in force for a strategy now.

    Attributes
    ----------
    stored : Stored
        Its JSON file.
    held : dict[str, Held]
        Every setting's value and who sets it.
    group : str
        Expression of the group of `ict.pairs` that the pair is in; empty for none.
    faults : tuple[str, ...]
        Sentences for what is wrong in the file or the configuration.
    """

    stored: Stored
    held: dict[str, Held]
    group: str
    faults: tuple[str, ...]


class Workbench:
    """The page's answers.

    Parameters
    ----------
    setup : Setup
        What the page was started with.

    Raises
    ------
    LabError
        When there are no strategies.
    """

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self.presets: dict[str, Preset] = find_presets(setup.strategies)
        self._lock = threading.Lock()
        self._run: QuickBacktest | None = None
        self._runs = 0
        self._outcome: Result | LabError | None = None
        self._reading = lru_cache(maxsize=KEPT_READINGS)(self._read)

    # Settings

    def standing(self, strategy: str, pair: str = "") -> Standing:
        """Find what is in force for a strategy, and on a pair that has settings of its own."""
        preset = self.presets[strategy]
        stored = read_stored(preset.settings_file, strategy)
        faults = [*stored.faults, *([stored.hindrance] if stored.hindrance else [])]
        block, groups, group = {}, PairGroups({}), None
        try:
            given = self.setup.block()
            block = expanded({name: value for name, value in given.items() if name != GROUPS})
            groups = PairGroups.parse(given.get(GROUPS, {}))
            group = groups.group_of(pair)
        except LabError as error:
            faults.append(str(error))
        except ParameterError as error:
            faults.append(f"ict in the configuration: {error}")
        held = in_force(preset.defaults, stored, block, groups.groups[group] if group else {})
        return Standing(stored, held, group or "", (*faults, *block_faults(block)))

    def starting_values(self, strategy: str, pair: str = "") -> dict[str, Any]:
        """Values for the page to begin with."""
        return starting_values(self.standing(strategy, pair).held, self.presets[strategy].defaults)

    def changes(self, strategy: str, page: Mapping[str, object], pair: str = "") -> list[Change]:
        """List what the page would change.

        Raises
        ------
        LabError
            When a value on the page is wrong.
        """
        values = as_values(read_page(page))
        return changes(self.standing(strategy, pair).held, values, self.presets[strategy].defaults)

    def write(self, strategy: str, page: Mapping[str, object], digest: str, pair: str = "") -> Path | None:
        """Write the page's changes into the strategy's JSON file; see `stored.write`.

        Parameters
        ----------
        digest : str
            Of the file when the person was asked.

        Raises
        ------
        LabError
            Also when there is nothing to write, nothing could ever be entered, or the file has changed since.
        """
        if fault := next(setup_faults(read_page(page)), ""):
            raise LabError(fault)
        stored = self.standing(strategy).stored
        if stored.digest != digest:
            raise LabError(f"{stored.path.name} has changed since: check the changes again")
        changed = self.changes(strategy, page, pair)
        wanted = {one.name: one.page for one in changed if one.goes_into_file}
        if not wanted:
            raise LabError("nothing to write: the page equals what is in force")
        return write(stored, wanted, datetime.now(UTC))

    def has_groups(self) -> bool:
        """Whether some pairs have settings of their own."""
        with suppress(LabError):
            return bool(self.setup.block().get(GROUPS))
        return False

    # Candles

    def pairs(self) -> dict[str, list[str]]:
        """List the pairs and timeframes that there are candles of."""
        return candles.available(self.setup)

    def reading(self, strategy: str, page: Mapping[str, object], choice: Choice) -> Reading:
        """Analyse the chosen candles with the page's values.

        Raises
        ------
        LabError
            When a value is wrong, or there are no such candles.
        """
        return self._reading(strategy, read_page(page), choice)

    def _read(self, strategy: str, params: Params, choice: Choice) -> Reading:
        find_entries, folder = self.presets[strategy].find_entries, self.setup.user_data
        return read(self.stretch(params, choice), params, find_entries, choice.timeframe, folder)

    def stretch(self, params: Params, choice: Choice) -> Stretch:
        """Take the chosen candles, and those before them that the settings look back on."""
        week = MINUTES_A_WEEK // timeframe_to_minutes(choice.timeframe)
        return candles.stretch(
            self.setup,
            choice.pair,
            choice.timeframe,
            last_day=choice.last_day,
            count=choice.count,
            warm_up=memory_candles(params, week),
            reference=params.reference_of(choice.pair),
        )

    def funding(self, strategy: str, pair: str) -> ExpectedFunding:
        """Say what funding an entry on a pair may expect now."""
        results = self.setup.user_data / "backtest_results"
        return expected_funding(self.setup.datadir, pair, results, strategy)

    # Backtest

    def start_backtest(self, strategy: str, page: Mapping[str, object], choice: Choice) -> None:
        """Start a backtest of the page's values on the chosen candles; an earlier one ends."""
        params = read_page(page)
        stretch = self.stretch(params, choice)
        timerange = candles.time_range(stretch.frame, stretch.first)
        preset, standing = self.presets[strategy], self.standing(strategy, choice.pair)
        values = as_values(params)
        if standing.group:
            # The group's settings would win over the page's.
            own = {name: values[name] for name, one in standing.held.items() if one.source is Source.GROUP}
            values[GROUPS] = {standing.group: own}
        with self._lock:
            self._drop_run()
            self._runs += 1
            self._outcome = None
            order = Order(self._runs, preset, values, choice.pair, choice.timeframe, timerange)
            self._run = QuickBacktest(self.setup, order)

    def backtest(self) -> Progress | Result | None:
        """Say how far the backtest is, or what it found; None where there was none.

        The same question has the same answer until the next start: a browser may lose one.

        Raises
        ------
        LabError
            When it failed or was cancelled.
        """
        with self._lock:
            if self._run is not None and self._run.is_running:
                return self._run.progress()
            if self._run is not None:
                self._outcome = _outcome_of(self._run)
                self._drop_run()
            if isinstance(self._outcome, LabError):
                raise self._outcome
            return self._outcome

    def cancel_backtest(self) -> None:
        """End the backtest that runs."""
        with self._lock:
            if self._run is not None:
                self._run.cancel()

    def close(self) -> None:
        """End what still runs."""
        with self._lock:
            self._drop_run()

    def _drop_run(self) -> None:
        if self._run is not None:
            self._run.clear()
            self._run = None

    # Bot

    def access(self, address: str = "", username: str = "", password: str = "") -> BotAccess:
        """Say where the bot is: as the page says, and as the configuration says where it says nothing."""
        known = bot_access(self.setup.configs)
        # A password of the configuration is for its own address alone.
        own = known.password if address in ("", known.address) else ""
        return BotAccess(address or known.address, username or known.username, password or own)

    def bot_facts(self, access: BotAccess) -> BotFacts:
        """Ask what runs there."""
        return Bot(access).facts()

    def reload_bot(self, strategy: str, access: BotAccess) -> str:
        """Make the bot read the strategy's JSON file again, and say what it read.

        Raises
        ------
        LabError
            When the file would stop it, or it did not do so.
        """
        standing = self.standing(strategy)
        if standing.faults:
            raise LabError(f"nothing was reloaded, a bot would not start with this: {standing.faults[0]}")
        return Bot(access).reload(strategy, standing.stored.values)


def _outcome_of(run: QuickBacktest) -> Result | LabError:
    if run.was_cancelled:
        return LabError("the backtest was cancelled")
    try:
        return run.result()
    except LabError as error:
        return error
