"""Settings for groups of pairs: the `pairs` block of the configuration (RISK-1, SIG-3, TIME-1)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self, cast

from ict.errors import ParameterError, unknown_word
from ict.params import Params, expanded, settings
from ict.setup_block import settings_of

# Limits that count all pairs together, and what is done about the account.
_OF_THE_ACCOUNT = frozenset(
    {
        "max_daily_loss_percent", "max_daily_trades", "max_open_risk_percent", "max_weekly_loss_percent",
        "max_drawdown_percent", "drawdown_days", "max_losing_streak", "streak_pause_hours", "fail_closed",
        "adopt_orphans",
    }
)  # fmt: skip
# What Freqtrade has once per bot: order types, other timeframes and pairs, how trades are requested.
_OF_THE_BOT = frozenset(
    {
        "entry_at", "entry_post_only", "blackout_file", "reference_pairs", "trend_timeframe",
        "second_trend_timeframe", "trail_timeframe", "break_even_at_r", "partial_exit_at",
        "partial_exit_at_r", "partial_exit_percent", "max_hold_candles",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PairGroups:
    """Settings that some pairs have instead of the others'.

    Attributes
    ----------
    groups : Mapping[str, Mapping[str, object]]
        Settings by the regular expression of the pairs that have them.
    """

    groups: Mapping[str, Mapping[str, object]]

    @classmethod
    def parse(cls, block: object) -> Self:
        """Check a `pairs` block, such as ``{"BTC/.*": {"risk_per_trade_percent": 0.5}}``.

        Raises
        ------
        ParameterError
            When it is no such block, an expression is none, or a setting is unknown, wrong, or one that no
            pair can have for itself; it names the group.
        """
        if not isinstance(block, Mapping):
            raise ParameterError(f"pairs must be a block of groups, was {block!r}")
        return cls({str(pattern): _group(str(pattern), given) for pattern, given in block.items()})

    def of(self, pair: str, params: Params) -> Params:
        """Return a pair's settings.

        Parameters
        ----------
        pair : str
            Such as ``BTC/USDT:USDT``; an expression must match all of it.
        params : Params
            The settings of pairs that are in no group.

        Raises
        ------
        ParameterError
            When two groups match the pair.
        """
        group = self.group_of(pair)
        return params if group is None else self._with(group, params)

    def group_of(self, pair: str) -> str | None:
        """Find the expression of the group that a pair is in; None for none.

        Raises
        ------
        ParameterError
            When two groups match the pair.
        """
        matching = [pattern for pattern in self.groups if re.fullmatch(pattern, pair)]
        if len(matching) > 1:
            raise ParameterError(f"pairs: {pair} must be in one group, was in {' and '.join(matching)}")
        return matching[0] if matching else None

    def each(self, params: Params) -> list[Params]:
        """Return the settings of pairs that are in no group, and of each group."""
        return [params, *(self._with(pattern, params) for pattern in self.groups)]

    def _with(self, pattern: str, params: Params) -> Params:
        return replace(params, **cast(dict[str, Any], self.groups[pattern]))


def _group(pattern: str, given: object) -> Mapping[str, object]:
    where = f'pairs "{pattern}"'
    try:
        re.compile(pattern)
    except re.error as error:
        raise ParameterError(f"{where} must be a regular expression, was wrong: {error}") from error
    if not isinstance(given, Mapping):
        raise ParameterError(f"{where} must be a block of settings, was {given!r}")
    try:
        values = expanded(given)
        written = settings_of(given["setup"]) if "setup" in given else {}
        for name in values:
            _check_name(where, name, written[name].where if name in written else name)
        Params.parse(values)
    except ParameterError as error:
        raise error if str(error).startswith(where) else ParameterError(f"{where}: {error}") from error
    return values


def _check_name(where: str, name: str, written: str) -> None:
    if name in _OF_THE_ACCOUNT:
        raise ParameterError(f"{where}: {written} counts all pairs together, no group can have its own")
    if name in _OF_THE_BOT:
        raise ParameterError(f"{where}: {written} is one for the whole bot, no group can have its own")
    if name not in settings():
        raise unknown_word(where, name, [known for known in settings() if is_of_a_pair(known)])


def is_of_a_pair(name: str) -> bool:
    """Whether a group of pairs can have a setting of its own."""
    return name not in _OF_THE_ACCOUNT | _OF_THE_BOT
