"""What is searched: every parameter in its space, and none whose value the search would not feel."""

import json
import logging
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from freqtrade.enums import HyperoptState
from freqtrade.exceptions import OperationalException
from freqtrade.optimize.hyperopt_tools import HyperoptStateContainer

from ict import analyse
from ict.columns import GROUPS
from ict.facts import FACTS
from ict.params import Params, settings
from tests.strategy.host import load
from tests.strategy.support import STRATEGY, copied_strategies
from tests.support.markets import second_market, synthetic

SPACES = ("patterns", "setup", "confluence", "facts", "exits", "risk")
# Sizes stay out: no loss in R depends on them, and one in money would always bet more.
BY_HAND = {
    "risk_per_trade_percent", "max_position_percent", "position_leverage", "second_trend_timeframe",
    "max_volatility_percentile", "partial_exit_at", "partial_exit_at_r", "partial_exit_percent",
    "fail_closed", "adopt_orphans",
    "alerts_only",
    "max_chase_r", "min_stop_costs", "max_hold_candles",
    # Limits of the account that are off.
    "max_open_risk_percent", "max_weekly_loss_percent", "max_drawdown_percent", "drawdown_days",
    "max_losing_streak", "streak_pause_hours", "max_cost_r",
    # When an entry may be.
    "blackout_file", "entry_weekdays", "entry_windows",
    # What is traded.
    "entry_zones", "entry_events", "swept_kinds", "entry_at", "entry_post_only",
    *(f"points_{name}" for name in FACTS),
    # Patterns that no default setting trades.
    "displacement_body_ratio", "displacement_factor", "month_pools", "session_pools", "draw_kinds",
    "major_swing_strength_candles", "smt_window_candles", "reference_pairs",
    "bpr_memory_candles", "unicorn_memory_candles", "rejection_wick_ratio", "propulsion_memory_candles",
}  # fmt: skip


def searched(block: dict[str, Any] | None = None, *, per_epoch: bool = False) -> set[str]:
    """Names that a hyperopt over all spaces would search."""
    strategy = load(block or {})
    strategy.config |= {"analyze_per_epoch": per_epoch, "spaces": list(SPACES)}
    strategy.ft_load_hyper_params(hyperopt=True)
    return {name for name, p in strategy.enumerate_parameters() if p.optimize and p.in_space}


def test_every_space_has_something_to_search() -> None:
    assert {settings()[name].space for name in searched(per_epoch=True)} == set(SPACES)


def test_all_but_sizes_and_what_needs_more_candles_is_searched() -> None:
    assert searched(per_epoch=True) == set(settings()) - BY_HAND


def test_what_the_analysis_reads_is_not_searched_without_a_new_analysis(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING):
        names = searched()
    assert names == {name for name in searched(per_epoch=True) if not settings()[name].analysed}
    assert {"risk_reward", "entry_threshold"} <= names
    assert "Not searched without --analyze-per-epoch: min_body_ratio, " in caplog.text


@pytest.mark.parametrize(
    ("block", "spaces", "scores"),
    [
        # The block's 2 points always count: alone, with a zone, the trend, both zones, trend and zone, all.
        ({}, ["confluence"], [2.0, 3.5, 4.0, 5.0, 5.5, 7.0]),
        # Either zone may hold the entry, or both; what is required always counts.
        (
            {"entry_zones": ["ob", "fvg"], "use_htf": "required", "use_ote": "off"}, ["confluence"],
            [2.0, 3.5, 4.0, 5.5],
        ),
        # Each use is searched, too: none, and then two facts of 1, one of 1.5, ...
        ({f"use_{name}": "off" for name in FACTS if name not in ("smt", "htf", "fvg", "ob")},
         ["confluence", "facts"], [0.0, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 5.5, 6.5]),
        # One score: there is nothing to search.
        ({"use_htf": "required", "use_fvg": "off", "use_ote": "off"}, ["confluence"], None),
    ],
)  # fmt: skip
def test_only_scores_that_an_entry_can_have_are_searched(
    block: dict[str, Any], spaces: list[str], scores: list[float] | None
) -> None:
    """SIG-2: a threshold between two of them enters as the upper one does."""
    strategy = load({"reference_pairs": ["ETH/USDT:USDT"], **block})
    strategy.config["spaces"] = spaces
    strategy.ft_load_hyper_params(hyperopt=True)
    (threshold,) = (p for name, p in strategy.enumerate_parameters() if name == "entry_threshold")
    assert threshold is strategy.entry_threshold
    assert (list(threshold.get_space("").choices) if threshold.optimize else None) == scores


def test_a_threshold_of_an_earlier_file_is_read_and_the_search_writes_one(tmp_path: Path) -> None:
    """A file may hold any threshold; a search takes a score, and writes what the settings take."""
    folder = copied_strategies(tmp_path / "strategies")
    file = folder / f"{STRATEGY}.json"
    file.write_text(json.dumps(
        {"strategy_name": STRATEGY, "params": {"confluence": {"entry_threshold": 3.37}}}
    ))  # fmt: skip
    strategy = load({}, folder=folder)
    assert strategy.params().entry_threshold == 3.37
    strategy.config["spaces"] = ["confluence"]
    strategy.ft_load_hyper_params(hyperopt=True)
    assert strategy.params().entry_threshold == 3.37
    strategy.entry_threshold.value = strategy.entry_threshold.get_space("").choices[1]
    assert strategy.params().entry_threshold == 3.5


def test_what_the_configuration_fixes_is_not_searched() -> None:
    """It would win over whatever the search writes."""
    fixed = {"risk_reward": 3.0, "min_body_ratio": 0.6}
    everything = searched(per_epoch=True)
    assert searched(fixed, per_epoch=True) == everything - set(fixed)


def test_freqtrade_does_not_warn_of_what_no_column_needs(caplog: pytest.LogCaptureFixture) -> None:
    """Reading all settings to analyse is no use of the ones that the entry alone needs."""
    strategy = load({})
    strategy.config["spaces"] = list(SPACES)
    strategy.ft_load_hyper_params(hyperopt=True)
    HyperoptStateContainer.set_state(HyperoptState.INDICATORS)
    try:
        strategy.params()
    finally:
        HyperoptStateContainer.set_state(HyperoptState.OPTIMIZE)
    assert "used during indicator calculation" not in caplog.text


@pytest.mark.parametrize("spaces", [["default"], ["all"], ["patterns", "buy"], ["roi"]], ids=str)
def test_a_space_that_is_not_ours_is_named(spaces: list[str]) -> None:
    """Freqtrade's `default` and `all` want a space 'buy', and its sentence blames the strategy."""
    strategy = load({})
    strategy.config["spaces"] = spaces
    with pytest.raises(OperationalException) as caught:
        strategy.ft_load_hyper_params(hyperopt=True)
    sentence = "--spaces must be among confluence, exits, facts, patterns, risk, setup, was"
    assert str(caught.value) == f"{sentence} {spaces[-1]}"
    strategy.config["hyperopt_ignore_missing_space"] = True
    strategy.ft_load_hyper_params(hyperopt=True)


def test_a_run_that_is_no_search_changes_no_parameter() -> None:
    strategy, known = load({}), settings().items()
    assert all(getattr(strategy, name).optimize == (one.search is not None) for name, one in known)


def other_value(name: str) -> Any:
    """Give a value that is far from a setting's default."""
    setting, default = settings()[name], getattr(Params(), name)
    if setting.several:
        return [word for word in setting.choices if word not in default] or setting.choices[:1]
    if setting.choices:
        return next(choice for choice in setting.choices if choice != default)
    if isinstance(default, bool):
        return not default
    if setting.is_text:
        return "another"
    low, high = setting.search or (setting.low, min(setting.high, 50))
    return type(default)(high if abs(high - default) >= abs(default - low) else low)


def test_the_analysis_reads_what_is_said_to_be_read() -> None:
    """With another value the columns of a long market are not the same, or they are."""
    # Long enough for a whole month to be past.
    frame = synthetic(4000, seed=11, start="2024-01-31")
    second = second_market(frame)
    # The score follows the facts in use, and each epoch asks them anew for its entries.
    groups = [group for group in GROUPS if group != "score"]

    def analysed(**given: Any) -> pd.DataFrame:
        return analyse(frame, Params(**given), reference=second, groups=groups)

    usual = analysed()
    differ = {name for name in settings() if not usual.equals(analysed(**{name: other_value(name)}))}
    assert differ == {name for name, setting in settings().items() if setting.analysed}
