"""Controls are made from `ict.params` alone, and what they hold is checked before it goes anywhere."""

from collections.abc import Mapping
from typing import Any

import pytest
from ict_lab.errors import LabError
from ict_lab.tune.controls import GROUPS, Control, as_values, controls, read_page
from ict_lab.tune.page import control_specs, steps
from ict_lab.words import Wording

from ict import Params
from ict.params import settings


def by_name(values: Mapping[str, object] | None = None) -> dict[str, Control]:
    return {control.name: control for control in controls(values or {})}


def page(**changed: Any) -> dict[str, Any]:
    """Give the page as it stands with the product's defaults, and what was changed on it."""
    made, values = by_name(), as_values(Params())
    return {name: control.shown(values[name]) for name, control in made.items()} | changed


def test_every_setting_has_a_control_in_the_order_of_declaration() -> None:
    assert [control.name for control in controls({})] == list(settings())
    specs = control_specs(as_values(Params()), Wording())
    shown = [spec["name"] for group in specs["groups"] for spec in group["controls"]]
    facts = [f"{kind}_{fact['name']}" for fact in specs["facts"] for kind in ("use", "points")]
    assert sorted([*shown, *facts]) == sorted(settings())
    assert [group["key"] for group in specs["groups"] if not group["controls"]] == []
    assert {name for names in GROUPS.values() for name in names} <= set(settings())


# By hand: htf 2, ob 2, fvg 1.5 and ote 1.5 points; blocks alone trigger, so theirs always count, as do points
# of what is required; those of what is off never.
@pytest.mark.parametrize(("changed", "scores", "most"), [
    ({}, [2, 3.5, 4, 5, 5.5, 7], "of 7 points at most"),
    ({"use_htf": "required"}, [4, 5.5, 7], "of 7 points at most"),
    ({"entry_zones": ["ob", "fvg"]}, [0, 1.5, 2, 3, 3.5, 4, 5, 5.5, 7], "of 7 points at most"),
    ({"use_fvg": "off", "use_ote": "off", "points_ob": 0.7}, [0.7, 2.7], "of 2.7 points at most"),
])  # fmt: skip
def test_the_threshold_moves_in_steps_that_points_reach(
    changed: dict[str, Any], scores: list[float], most: str
) -> None:
    assert steps(page(**changed), Wording()) == {"scores": pytest.approx(scores), "most": most}


# Reach and step by hand: the range that hyperopt searches, or ten times the default; a hundred round steps.
@pytest.mark.parametrize(("name", "reach", "step"), [
    ("min_body_ratio", (0.5, 0.9), 0.005),
    ("max_touches", (1, 6), 1),
    ("stop_buffer", (0.0, 0.01), 0.0001),
    ("risk_per_trade_percent", (0.1, 10.0), 0.1),
    ("partial_exit_percent", (1.0, 99.0), 1.0),
    ("position_leverage", (1, 10), 1),
    ("max_volatility_percentile", (0.0, 100.0), 1.0),
])  # fmt: skip
def test_a_slider_has_a_reach_that_a_hand_can_use(name: str, reach: tuple[float, float], step: float) -> None:
    control = by_name()[name]
    assert ((control.low, control.high), control.step) == (reach, pytest.approx(step))


def test_a_slider_reaches_to_the_value_in_force_and_not_to_a_wrong_one() -> None:
    made = by_name({"risk_reward": 0.0, "max_touches": 50, "risk_per_trade_percent": 0.02})
    assert made["risk_reward"].low == 0
    assert made["max_touches"].high == 50
    assert made["risk_per_trade_percent"].low == 0.01
    usual = by_name()
    assert by_name({"min_body_ratio": 1.7, "max_touches": "many"}) == usual
    # Names are words, and units stand apart.
    age = usual["ob_max_age_candles"]
    assert (age.rule, age.setting.unit) == ("ZONE-1", "candles")
    assert Wording().label("ob_max_age_candles") == "ob max age"
    assert Wording().about("min_gap_percent") == "minimum height of a gap"


def test_no_slider_leaves_the_allowed_range() -> None:
    for name, control in by_name().items():
        setting, default = settings()[name], getattr(Params(), name)
        if setting.several:
            assert set(control.shown(default)) <= set(control.choices), name
        elif control.choices:
            assert control.shown(default) in control.choices, name
        elif setting.is_text:
            assert control.shown(default) == default == "", name
        else:
            assert setting.low <= control.low <= default <= control.high <= setting.high, name


def test_the_page_is_read_back_as_it_was_shown() -> None:
    assert read_page(page()) == Params()
    read = read_page(page(htf_gate="off", trend_timeframe="1h", risk_reward=3, max_touches=2))
    assert read == Params(htf_gate=False, trend_timeframe="1h", risk_reward=3.0, max_touches=2)
    assert isinstance(read.risk_reward, float)


@pytest.mark.parametrize(("changed", "sentence"), [
    ({"entry_threshold": 900.0}, "entry_threshold must be between 0 and 100, was 900.0"),
    ({"max_touches": 2.5}, "max_touches must be a whole number, was 2.5"),
    ({"min_gap_percent": None}, "min_gap_percent must be between 0 and 100, was empty"),
    ({"htf_gate": "perhaps"}, "htf_gate must be true or false, was 'perhaps'"),
    ({"nonsense": 1}, "nonsense is not a setting of ict"),
])  # fmt: skip
def test_a_wrong_value_is_a_sentence(changed: dict[str, Any], sentence: str) -> None:
    with pytest.raises(LabError, match=sentence.replace("(", "\\(")):
        read_page(page(**changed))
