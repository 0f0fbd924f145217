"""What the page has for each setting: its group, slider or choice, reach and steps."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeGuard

from ict import Params
from ict.errors import ParameterError
from ict.params import settings
from ict.setting import Setting
from ict_lab.errors import LabError

# The page's groups, from what is traded to how patterns are found; named are those of another space.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "zones": (),
    "facts": ("entry_threshold",),
    "trend": (),
    "windows": ("entry_windows", "entry_weekdays", "blackout_file"),
    "entry": ("entry_at", "entry_depth", "entry_post_only", "one_entry_per_zone", "max_chase_r"),
    "stop": (),
    "target": (
        "risk_reward", "target_at", "min_target_r", "partial_exit_at", "partial_exit_at_r",
        "partial_exit_percent", "max_hold_candles",
    ),
    "risk": ("risk_per_trade_percent", "max_position_percent", "position_leverage", "max_cost_r"),
    "caps": (),
    "patterns": (),
    "book": ("alerts_only", "fail_closed", "adopt_orphans"),
}  # fmt: skip
OF_SPACE = {
    "setup": "zones", "facts": "facts", "confluence": "trend", "exits": "stop", "risk": "caps",
    "patterns": "patterns",
}  # fmt: skip
SWITCH = ("off", "on")
# A slider has about so many places.
PLACES = 100
# Without a range to search, a slider reaches to so many times the default. The number box takes all.
REACH = 10
ROUND_STEPS = (1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Control:
    """One setting as the page shows it.

    Attributes
    ----------
    name, setting
        The setting and what `ict.params` says of it.
    choices : tuple[str, ...]
        Words to choose from; empty for a number.
    low, high, step : float
        Reach and step of the slider, in `setting.unit`; 0 for a choice. Allowed may be more.
    whole : bool
        Whether only whole numbers are allowed.
    """

    name: str
    setting: Setting
    choices: tuple[str, ...]
    low: float
    high: float
    step: float
    whole: bool

    @property
    def group(self) -> str:
        """Which of `GROUPS` it is in."""
        named = next((group for group, names in GROUPS.items() if self.name in names), None)
        return named or OF_SPACE[self.setting.space]

    @property
    def rule(self) -> str:
        """The rules that the setting belongs to, such as OB-1."""
        return self.setting.about.partition(": ")[0]

    def shown(self, value: object) -> Any:
        """Turn a setting's value into what the page's control holds."""
        return SWITCH[bool(value)] if self.choices == SWITCH else value

    def read(self, value: object) -> Any:
        """Turn what the page's control holds into a setting's value; `Params` checks it."""
        if self.choices == SWITCH and value in SWITCH:
            return value == "on"
        if isinstance(value, int) and not (self.choices or self.whole):
            return float(value)
        return value


def controls(at: Mapping[str, object]) -> list[Control]:
    """Make a control for every setting, in the order of declaration.

    Parameters
    ----------
    at : Mapping[str, object]
        Values that the sliders must be able to show, by name, beside the product's defaults.
    """
    defaults = {declared.name: declared.default for declared in fields(Params)}
    return [
        _control(name, setting, defaults[name], at.get(name, defaults[name]))
        for name, setting in settings().items()
    ]


def read_page(values: Mapping[str, object]) -> Params:
    """Check what the page holds.

    Raises
    ------
    LabError
        With the name, the allowed range and the value of the first setting that is wrong.
    """
    known = {control.name: control for control in controls({})}
    for name, value in values.items():
        if name in known and value in (None, "") and not known[name].setting.is_text:
            raise LabError(f"{name} must be {known[name].setting.allowed}, was empty")
    read = {name: known[name].read(value) if name in known else value for name, value in values.items()}
    try:
        return Params.parse(read)
    except ParameterError as error:
        raise LabError(str(error)) from error


def as_values(params: Params) -> dict[str, Any]:
    """Every setting's value by name."""
    return {name: getattr(params, name) for name in settings()}


def _control(name: str, setting: Setting, default: object, value: object) -> Control:
    if setting.choices or isinstance(default, bool):
        return Control(name, setting, setting.choices or SWITCH, 0, 0, 0, whole=False)
    if setting.is_text:
        return Control(name, setting, (), 0, 0, 0, whole=False)
    assert isinstance(default, int | float)
    numbers = [default, *([value] if _is_allowed(value, setting) else [])]
    low, high = setting.search or (setting.low, min(setting.high, REACH * (default or 1)))
    low, high = min(low, *numbers), max(high, *numbers)
    whole = isinstance(default, int)
    step = 1.0 if whole else _round_step((high - low) / PLACES)
    return Control(
        name, setting, (), _round_end(low, step, setting.low, numbers), round(high, 8), step, whole
    )


def _round_end(low: float, step: float, allowed: float, numbers: list[float]) -> float:
    """Begin a slider at a round number: it counts its steps from there."""
    below = round(math.floor(low / step + 1e-9) * step, 8)
    if below >= allowed:
        return below
    above = round(below + step, 8)
    return above if all(number >= above for number in numbers) else allowed


def _is_allowed(value: object, setting: Setting) -> TypeGuard[float]:
    return isinstance(value, int | float) and setting.low <= value <= setting.high


def _round_step(least: float) -> float:
    """Find the next step up that is 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(least))
    return round(next(power * times for times in ROUND_STEPS if power * times >= least * (1 - 1e-9)), 8)
