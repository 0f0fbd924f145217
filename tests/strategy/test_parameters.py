"""Settings: what Freqtrade shows is what `ict` declares, and a bad value stops the start with a sentence."""

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from freqtrade.enums import RunMode
from freqtrade.exceptions import OperationalException
from freqtrade.strategy import CategoricalParameter, DecimalParameter, IntParameter
from freqtrade.strategy.hyper import detect_all_parameters
from ict_host import parameters

from ict.params import Params, settings
from tests.strategy.host import load
from tests.strategy.support import STRATEGY, copied_strategies, ict_block, parameter_file, strategies_with
from tests.support.places import STRATEGIES

NUMBERS = {name: setting for name, setting in settings().items() if not (setting.choices or setting.is_text)}
Start = Callable[[str, Any], object]
# One of each kind: ict's own table has every value of every setting, tests/unit/test_params.py.
KINDS = ("min_body_ratio", "max_touches", "htf_gate", "trend_timeframe", "draw_kinds")


def start_with_block(name: str, value: Any) -> object:
    return load(ict_block(**{name: value}))


@pytest.fixture(params=["block", "file"])
def start(request: pytest.FixtureRequest, tmp_path: Path) -> Start:
    """Start the strategy with one value, from the configuration or from the strategy's JSON file."""
    if request.param == "block":
        return start_with_block

    def start_with_file(name: str, value: Any) -> object:
        space = settings()[name].space if name in settings() else "patterns"
        # `ict` itself is found where pytest's configuration says; only what is loaded by path is copied.
        text = parameter_file({space: {name: value}})
        (tmp_path / f"{STRATEGY}.json").write_text(text, encoding="utf-8")
        shutil.copy(STRATEGIES / f"{STRATEGY}.py", tmp_path)
        return load({}, folder=tmp_path)

    return start_with_file


def refusal(start: Start, name: str, value: Any) -> str:
    with pytest.raises(OperationalException) as caught:
        start(name, value)
    return str(caught.value)


def test_a_group_of_pairs_has_settings_of_its_own() -> None:
    """For its pairs it wins; what is looked back on is enough for every group."""
    groups = {"BTC/.*": {"risk_per_trade_percent": 0.5, "fvg_max_age_candles": 900}}
    strategy = load({"risk_per_trade_percent": 2.0, "pairs": groups})
    own, others = strategy.params_of("BTC/USDT:USDT"), strategy.params_of("ETH/USDT:USDT")
    assert (own.risk_per_trade_percent, others.risk_per_trade_percent) == (0.5, 2.0)
    assert strategy.params() == others
    assert strategy.startup_candle_count > load({}).startup_candle_count
    # An epoch of hyperopt changes what no group names.
    strategy.risk_reward.value, strategy.risk_per_trade_percent.value = 3.0, 1.5
    own = strategy.params_of("BTC/USDT:USDT")
    assert (own.risk_per_trade_percent, own.risk_reward) == (0.5, 3.0)


@pytest.mark.parametrize(("kept", "read"), [(True, 5), (False, 3)])
def test_values_are_read_where_freqtrade_keeps_them(
    kept: bool, read: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a Freqtrade that keeps them elsewhere the property is read."""
    monkeypatch.setattr(parameters, "keeps_values", lambda: kept)
    monkeypatch.setattr(parameters, "_values_of", cache(parameters._values_of.__wrapped__))
    strategy = load({})
    strategy.max_daily_trades = SimpleNamespace(value=3, _value=5)
    assert strategy.params().max_daily_trades == read


@pytest.mark.parametrize(("key", "value", "sentence"), [
    ("ICT", {"risk_per_trade_percent": 0.25}, "ICT is not a block of config.json; known are: ict, "),
    ("Ict_Messages", {}, "Ict_Messages is not a block of config.json"),
    ("risk_per_trade_percent", 0.25, "risk_per_trade_percent must be in the block ict of config.json"),
])  # fmt: skip
def test_a_setting_that_nobody_reads_stops_the_start(key: str, value: Any, sentence: str) -> None:
    with pytest.raises(OperationalException, match=f"^{sentence}"):
        load({}, **{key: value})
    assert load({}, ict_mine=1).params() == Params(), "a key of one's own"


def test_a_wrong_group_of_pairs_stops_the_start() -> None:
    with pytest.raises(OperationalException, match="max_daily_trades counts all pairs together"):
        load({"pairs": {"BTC/.*": {"max_daily_trades": 1}}})
    strategy = load({"pairs": {"BTC/.*": {"risk_reward": 3.0}, ".*USDT": {"risk_reward": 4.0}}})
    with pytest.raises(OperationalException, match="must be in one group"):
        strategy.params_of("BTC/USDT:USDT")


def test_a_value_out_of_range_is_refused() -> None:
    for name, limits in NUMBERS.items():
        default = getattr(Params(), name)
        if not isinstance(default, bool):
            above = int(limits.high) + 1 if isinstance(default, int) else limits.high + 0.001
            expected = f"{name} must be between {limits.low:g} and {limits.high:g}, was {above}"
            assert refusal(start_with_block, name, above) == expected


@pytest.mark.parametrize("name", KINDS)
def test_what_is_no_value_of_the_setting_is_refused(start: Start, name: str) -> None:
    of_numbers = (-1, float("nan"), float("inf"), True) if name in KINDS[:2] else ()
    for value in ("plenty", None, [1], *of_numbers):
        wrong = value[0] if settings()[name].several and value == [1] else value
        sentence = refusal(start, name, value)
        assert sentence.startswith(f"{name} must be ")
        assert sentence.endswith((f"was {wrong!r}", f"was {wrong}"))


def test_a_number_is_no_switch_a_half_no_whole_number_and_a_misspelt_name_no_setting(start: Start) -> None:
    assert refusal(start, "mean_threshold", 1) == "mean_threshold must be true or false, was 1"
    assert refusal(start, "max_touches", 2.5) == "max_touches must be a whole number, was 2.5"
    sentence = refusal(start, "min_body_ration", 0.7)
    assert sentence.startswith("min_body_ration is not a setting of ict; known are: ")
    assert "min_body_ratio," in sentence


@pytest.mark.parametrize("block", [[], "strict", 3, True], ids=repr)
def test_a_block_that_is_none_is_refused(block: Any) -> None:
    with pytest.raises(OperationalException, match=r"ict in config\.json must be a block of settings"):
        load(block)


@pytest.mark.parametrize("space", ["pattern", "exits"])
def test_a_value_that_would_have_no_effect_is_refused(tmp_path: Path, space: str) -> None:
    """Freqtrade reads a parameter from its own space alone, and says nothing of the others."""
    with pytest.raises(OperationalException, match=r"pattern|min_body_ratio"):
        load(folder=strategies_with(tmp_path / "strategies", {space: {"min_body_ratio": 0.8}}))


@pytest.mark.parametrize(("name", "values"), [
    ("stop_buffer", (0.0, 0.0015, 0.0004, 0.1)), ("risk_per_trade_percent", (0.01, 0.0125, 100)),
    ("min_body_ratio", (0, 0.6875, 1.0)), ("risk_reward", (0.1, 2, 1.6180339)),
    ("max_touches", (1, 100)), ("mean_threshold", (True,)),
])  # fmt: skip
def test_a_value_in_range_is_taken_as_it_is(start: Start, name: str, values: tuple[Any, ...]) -> None:
    for value in values:
        assert getattr(start(name, value), name).value == value


def test_values_are_of_one_strategy(tmp_path: Path) -> None:
    """Subclasses of one process, as with --strategy-list: the first one's file is not the second one's."""
    folder = copied_strategies(tmp_path / "strategies")
    for name in ("First", "Second"):
        text = f"from {STRATEGY} import {STRATEGY}\n\n\nclass {name}({STRATEGY}):\n    pass\n"
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    text = parameter_file({"exits": {"risk_reward": 3.5}}, "First")
    (folder / "First.json").write_text(text, encoding="utf-8")
    loaded = [load(folder=folder, name="First"), load(folder=folder, name="Second")]
    loaded += [load(ict_block(risk_reward=4.5)), load()]
    assert [strategy.risk_reward.value for strategy in loaded] == [3.5, 2.0, 4.5, 2.0]


def test_a_parameter_is_as_declared() -> None:
    strategy = load({})
    for name, setting in settings().items():
        parameter, default = getattr(strategy, name), getattr(Params(), name)
        assert (parameter.value, type(parameter.value)) == (default, type(default)), name
        assert parameter.space == setting.space, name
        assert parameter.load, name
        assert parameter.optimize == (setting.search is not None), name
        if isinstance(default, bool):
            assert list(parameter.opt_range) == [True, False]
        elif setting.several or setting.is_text:
            assert isinstance(parameter, CategoricalParameter)
        elif setting.choices:
            assert isinstance(parameter, CategoricalParameter)
            assert list(parameter.opt_range) == list(setting.choices)
        else:
            assert isinstance(parameter, IntParameter if isinstance(default, int) else DecimalParameter)
            assert (parameter.low, parameter.high) == (setting.search or (setting.low, setting.high))


def test_freqtrade_knows_every_setting_and_no_other() -> None:
    known = detect_all_parameters(load())
    assert {name for space in known.values() for name in space} == set(settings())


@pytest.mark.parametrize("name", ["ob_max_age_candles", "fvg_max_age_candles"])
def test_startup_covers_the_longest_life(start: Start, name: str) -> None:
    """ZONE-1, ZONE-3: a breaker's story is two lives long, and two candles make a block, three a gap."""
    counts = {age: start(name, age).startup_candle_count for age in (20, 200, 600, 1000)}  # type: ignore[attr-defined]
    assert all(count >= 2 * (age + 1) + 1 + name.startswith("fvg") for age, count in counts.items())
    assert counts[200] < counts[600] < counts[1000]


def test_startup_covers_what_hyperopt_may_try() -> None:
    count = load(ict_block(ob_max_age_candles=20), runmode=RunMode.HYPEROPT).startup_candle_count
    searched = settings()["ob_max_age_candles"].search
    assert searched is not None
    assert count >= 2 * (searched[1] + 1) + 1
