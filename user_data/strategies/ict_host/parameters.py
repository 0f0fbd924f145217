"""The settings of `ict` as Freqtrade parameters: their sources and their checks.

Prevalence, as for Freqtrade's own settings: the `ict` block of config.json, then the strategy's JSON
file (which hyperopt writes), then the preset's default. Freqtrade checks no value; here all are.
"""

import logging
import re
from collections.abc import Callable, Mapping
from copy import copy
from datetime import datetime
from functools import cache
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import Any

from freqtrade.enums import OPTIMIZE_MODES, RunMode
from freqtrade.exchange import timeframe_to_minutes
from freqtrade.strategy import (
    BooleanParameter,
    CategoricalParameter,
    DecimalParameter,
    IntParameter,
    IStrategy,
)
from pandas import DataFrame

from ict import Params, __version__
from ict.facts import FACTS
from ict.memory import memory_candles
from ict.pair_groups import PairGroups
from ict.params import expanded, settings
from ict.setups.scores import reachable_scores
from ict_host import parameter_file, sources
from ict_host.parts import Part
from ict_host.seams.habits import VALUE, given, keeps_values
from ict_host.start_error import refusing, start_error

logger = logging.getLogger(__name__)

# Our keys of config.json.
BLOCKS = ("ict", "ict_columns", "ict_drawing", "ict_mainnet", "ict_messages")
# The key of the `ict` block whose groups of pairs have settings of their own.
GROUPS = "pairs"
MINUTES_A_WEEK = 7 * 24 * 60
# Freqtrade rounds a decimal parameter, also a user's: finer than anybody sets one.
DECIMALS = 8
# What else hyperopt may write into the file.
FREQTRADE_SPACES = {"roi", "stoploss", "trailing", "protection", "max_open_trades"}
SPACES = sorted({setting.space for setting in settings().values()})

Parameter = BooleanParameter | CategoricalParameter | DecimalParameter | IntParameter


def parameter(name: str, default: Any) -> Parameter:
    """Make Freqtrade's parameter for a setting of `ict`: its range and its space come from there.

    Parameters
    ----------
    name : str
        Name of the setting.
    default : bool, int, float, str or tuple
        Value without any other.
    """
    setting = settings()[name]
    given = {"default": default, "space": setting.space, "optimize": setting.search is not None}
    if setting.several or setting.is_text:
        # Freqtrade requires two values to choose from even where nothing is searched.
        return CategoricalParameter([default, setting.choices], **given)
    if setting.choices:
        return CategoricalParameter(setting.choices, **given)
    if isinstance(default, bool):
        return BooleanParameter(**given)
    low, high = setting.search or (setting.low, setting.high)
    if isinstance(default, int):
        return IntParameter(int(low), int(high), **given)
    return DecimalParameter(low, high, decimals=DECIMALS, **given)


def _give_parameters(strategy: Any) -> None:
    """Make a parameter of each setting, except those that the class has itself: Freqtrade looks there."""
    for name in settings():
        if name not in vars(strategy):
            setattr(strategy, name, parameter(name, getattr(strategy.preset, name)))


class IctParameters(Part):
    """Every setting of `ict` as a parameter of Freqtrade's."""

    # The defaults of a strategy: settings that were checked when it was imported.
    preset = Params()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "preset" in vars(cls):
            _give_parameters(cls)

    def __init__(self, config: dict[str, Any]) -> None:
        stored = _stored(type(self), config)
        super().__init__(config)
        if _names(self._ft_params_from_file) != _names(stored):
            raise start_error(config, "Freqtrade did not read the strategy's JSON file as it is written")
        if faults := _misplaced(config):
            raise start_error(config, *faults)
        config[sources.KEY] = sources.digest_of(type(self))
        # What a backtest exports is the configuration as it was read.
        given(config)["ict_version"] = __version__
        self._are_applied = False
        self._groups = self._grouped()
        self._of_pairs: dict[tuple[str, Params], Params] = {}
        # A class's parameters are one object for all of its instances, and the presets share them.
        for name in settings():
            setattr(self, name, copy(getattr(self, name)))
        self._read: tuple[tuple[Any, ...], Params] | None = None
        # A backtest's callbacks read them once a candle, from one `bot_loop_start` to the next.
        self._once = False
        self._of_candle: Params | None = None
        # Freqtrade reads this before it loads the parameters. Zones, and sweeps of last week's high,
        # look back the furthest: see ict.memory.
        # Freqtrade takes another timeframe from the configuration only after this.
        week = MINUTES_A_WEEK // timeframe_to_minutes(config.get("timeframe") or self.timeframe)
        self._at_start = self._longest_memory()
        memories = [memory_candles(params, week) for params in self._groups.each(self._at_start)]
        self.startup_candle_count = max(memories)

    def ft_load_hyper_params(self, hyperopt: bool = False) -> None:
        """Load the strategy's JSON file, override it by the `ict` block of config.json, and check all."""
        super().ft_load_hyper_params(hyperopt)
        for name, value in self._configured().items():
            getattr(self, name).value = value
        self._are_applied = True
        if hyperopt:
            self._refuse_empty_spaces()
            self._search_what_counts()
            self._search_scores()
        self.params()
        self._check_groups()

    def _check_groups(self) -> None:
        """Refuse a pair in two groups; warn about a group without a pair, such as a typo."""
        pairs = self.config.get("pairs") or self.config.get("exchange", {}).get("pair_whitelist", [])
        for pair in pairs:
            self.params_of(pair)
        for pattern in self._groups.groups:
            if pairs and not any(re.fullmatch(pattern, pair) for pair in pairs):
                logger.warning("ict.pairs: %s matches no pair of %s", pattern, ", ".join(pairs))

    def _refuse_empty_spaces(self) -> None:
        """Name the spaces: Freqtrade's own `default` and `all` include a space 'buy', which is not ours."""
        wanted, ours = self.config["spaces"], {*SPACES, *self._ft_hyper_params}
        empty = [space for space in wanted if space not in ours]
        if empty and not self.config.get("hyperopt_ignore_missing_space"):
            raise start_error(
                self.config, f"--spaces must be among {', '.join(sorted(ours))}, was {', '.join(empty)}"
            )

    def _search_what_counts(self) -> None:
        """Leave out of the search what would have no effect.

        That is what config.json fixes, and without --analyze-per-epoch what the analysis reads.
        """
        fixed, per_epoch = self._configured(), self.config.get("analyze_per_epoch", False)
        unseen = []
        for name, setting in settings().items():
            parameter = getattr(self, name)
            # Freqtrade's own warning comes for whatever `params` reads, also for what no column needs.
            parameter._warned_static_use = True
            if not (parameter.optimize and parameter.in_space) or name in fixed:
                parameter.optimize = False
            elif setting.analysed and not per_epoch:
                parameter.optimize = False
                unseen.append(name)
        if unseen:
            logger.warning("Not searched without --analyze-per-epoch: %s", ", ".join(unseen))

    def _search_scores(self) -> None:
        """Search only thresholds that tell entries apart: the scores that an entry can have (SIG-2).

        A fact whose use is searched, too, may count in an epoch or not. The file gets the threshold itself.
        """
        names = {name for name in settings() if (one := getattr(self, name)).optimize and one.in_space}
        facts = [fact for fact in FACTS if f"use_{fact}" in names]
        for name in (name for name in names if settings()[name].of_scores):
            threshold, scores = getattr(self, name), reachable_scores(self._values(), facts)
            if len(scores) == 1:
                threshold.optimize = False
                logger.warning("Not searched: %s, every entry scores %s", name, f"{scores[0]:g}")
                continue
            steps = CategoricalParameter(scores, default=threshold.value, space=threshold.space)
            steps.name, steps.in_space, steps._warned_static_use = name, True, True
            self._ft_hyper_params[threshold.space][name] = steps
            setattr(self, name, steps)

    def bot_loop_start(self, current_time: datetime, **kwargs: Any) -> None:
        """Let a backtest's callbacks read the settings once until the next candle."""
        self._read_anew(once=self.config.get("runmode") in OPTIMIZE_MODES)

    def advise_indicators(self, dataframe: DataFrame, metadata: dict[str, Any]) -> DataFrame:
        """Read the settings anew: hyperopt has changed them since the last candle."""
        self._read_anew(once=False)
        return super().advise_indicators(dataframe, metadata)

    def advise_entry(self, dataframe: DataFrame, metadata: dict[str, Any]) -> DataFrame:
        """Read the settings anew, as `advise_indicators`."""
        self._read_anew(once=False)
        return super().advise_entry(dataframe, metadata)

    def _read_anew(self, *, once: bool) -> None:
        self._once, self._of_candle = once, None

    def params_anew(self) -> Params:
        """Return the settings in force after a backtest, where hyperopt has changed them; see `params`."""
        self._read_anew(once=False)
        return self.params()

    def params(self) -> Params:
        """Return the settings in force, checked.

        Raises
        ------
        OperationalException
            When one is out of its range; Freqtrade stops with its message. Also when Freqtrade never
            requested them: then the defaults would be traded, whatever was set.
        """
        if self._of_candle is not None:
            return self._of_candle
        if not self._are_applied:
            raise start_error(
                self.config, "the settings were not applied: Freqtrade must call ft_load_hyper_params"
            )
        params = self._values()
        if self._once:
            self._of_candle = params
        return params

    def params_of(self, pair: str) -> Params:
        """Return a pair's settings in force: those of its group of `pairs`, over those of all others.

        Raises
        ------
        OperationalException
            As `params`, and when two groups match the pair.
        """
        params = self.params()
        if not self._groups.groups:
            return params
        key = pair, params
        if key not in self._of_pairs:
            # Hyperopt changes them from epoch to epoch.
            self._of_pairs = {known: of for known, of in self._of_pairs.items() if known[1] == params}
            with refusing(self.config):
                self._of_pairs[key] = self._groups.of(pair, params)
        return self._of_pairs[key]

    def _values(self) -> Params:
        # Read at each call, because hyperopt changes them, and so often per trade that it must be fast.
        values = _values_of()(self)
        if self._read is None or self._read[0] != values:
            self._read = values, self._parsed(dict(zip(settings(), values, strict=True)))
        return self._read[1]

    def _parsed(self, values: dict[str, Any]) -> Params:
        with refusing(self.config):
            return Params.parse(values)

    def _block(self) -> dict[str, Any]:
        block = self.config.get("ict", {})
        if not isinstance(block, dict):
            raise start_error(self.config, f"ict in config.json must be a block of settings, was {block!r}")
        return block

    def _grouped(self) -> PairGroups:
        with refusing(self.config):
            return PairGroups.parse(self._block().get(GROUPS, {}))

    def _configured(self) -> dict[str, Any]:
        with refusing(self.config):
            return expanded({name: value for name, value in self._block().items() if name != GROUPS})

    def _from_file(self) -> dict[str, Any]:
        """Read the strategy's JSON file; a setting in a wrong place would silently have no effect."""
        values: dict[str, Any] = {}
        for space, block in self._ft_params_from_file.items():
            if space not in {*SPACES, *FREQTRADE_SPACES}:
                raise start_error(
                    self.config,
                    f"the strategy's JSON file has a space {space!r}; known are: {', '.join(SPACES)}",
                )
            for name in block if space in SPACES else ():
                belongs = settings()[name].space if name in settings() else space
                if belongs != space:
                    raise start_error(self.config, f"{name} belongs in space {belongs!r} of the JSON file")
                values[name] = block[name]
        return values

    def _longest_memory(self) -> Params:
        values = {name: getattr(self, name).value for name in settings()} | self._from_file()
        if self.config.get("runmode") == RunMode.HYPEROPT:
            values |= {
                name: max(values[name], setting.search[1])
                for name, setting in settings().items()
                if setting.unit == "candles" and setting.search
            }
        return self._parsed(values | self._configured())


@cache
def _values_of() -> Callable[[object], tuple[Any, ...]]:
    """Make what reads the values of a strategy's parameters, in the order of the settings.

    Freqtrade's property takes four times as long as what it returns, which counts in a backtest.
    """
    of, value = itemgetter(*settings()), attrgetter(VALUE if keeps_values() else "value")
    # Each strategy has parameters of its own, so its class need not be looked at.
    return lambda strategy: tuple(map(value, of(vars(strategy))))


def _misplaced(config: Mapping[str, Any]) -> list[str]:
    """Say which keys look like settings of ours but are read by nobody: the defaults would be traded."""
    beside = [name for name in config if name in settings()]
    spelt = [name for name in config if name.lower() in BLOCKS and name not in BLOCKS]
    return [
        *(f"{name} must be in the block ict of config.json, was beside it" for name in beside),
        *(f"{name} is not a block of config.json; known are: {', '.join(BLOCKS)}" for name in spelt),
    ]


def _stored(strategy: type[IStrategy], config: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Read the JSON file beside a strategy's file, before Freqtrade does: it skips what it can't read."""
    file = getattr(strategy, "__file__", "")
    with refusing(config, parameter_file.ParameterFileError):
        return parameter_file.read(Path(file).with_suffix(".json"), strategy.__name__) if file else {}


def _names(blocks: dict[str, dict[str, Any]]) -> dict[str, set[str]]:
    return {space: set(block) for space, block in blocks.items()}


_give_parameters(IctParameters)
