"""What a setting is: its bounds, its meaning, and whether a value is one of it."""

from __future__ import annotations

import re
from dataclasses import Field, dataclass
from typing import Any

import numpy as np

from ict.errors import ParameterError, unknown_word


@dataclass(frozen=True, slots=True)
class Setting:
    """The bounds and the meaning of one parameter.

    Attributes
    ----------
    low, high : float
        Allowed range, both ends included.
    search : tuple[float, float] or None
        The part of the range that hyperopt searches by default; None where it should not search.
    unit, about : str
        Unit and one-line meaning, for documentation.
    space : str
        Hyperopt space: patterns, confluence, exits or risk.
    choices : tuple[str, ...]
        The words allowed, for a setting that is not a number; its range then counts them from 0.
    several : bool
        Whether it is a list of such words, each once, in the order of `choices`.
    form, form_about : str
        Further words that such a list may have: a regular expression, and the same for a reader.
    analysed : bool
        Whether the columns of an analysis depend on it. Hyperopt computes them once, before the search,
        unless it analyses every epoch anew.
    """

    low: float
    high: float
    search: tuple[float, float] | None
    unit: str
    about: str
    space: str
    choices: tuple[str, ...] = ()
    analysed: bool = False
    several: bool = False
    form: str = ""
    form_about: str = ""

    @property
    def allowed(self) -> str:
        """The allowed range, in words."""
        if self.is_text:
            return self.form_about
        if self.choices:
            own = f" or {self.form_about}" if self.form else ""
            return f"{'among' if self.several else 'one of'} {', '.join(self.choices)}{own}"
        return f"between {self.low:g} and {self.high:g}"

    @property
    def is_text(self) -> bool:
        """Whether any text may stand for it, such as the name of a file."""
        return self.unit == "text"


def _plain(value: object) -> object:
    """Python's own number or word for NumPy's; a length of time is neither."""
    if isinstance(value, np.timedelta64):
        return value
    return value.item() if isinstance(value, np.bool_ | np.integer | np.floating | np.str_) else value


def checked(declared: Field[Any], value: Any) -> object:
    """Give a value of a declared setting in Python's own type.

    Raises
    ------
    ParameterError
        When it has the wrong type or lies outside the setting's range.
    """
    kind: type = type(declared.default)
    value = _plain(value)
    setting: Setting = declared.metadata["setting"]
    if setting.several:
        return _checked_words(declared.name, setting, value)
    if not _has_kind(value, kind):
        raise ParameterError(f"{declared.name} must be {_KIND_NAMES[kind]}, was {value!r}")
    # NaN and infinity lie in no range.
    if setting.is_text:
        return str(value)
    inside = value in setting.choices if setting.choices else setting.low <= value <= setting.high
    if not inside:
        raise ParameterError(f"{declared.name} must be {setting.allowed}, was {value}")
    return kind(value)


def _checked_words(name: str, setting: Setting, value: object) -> tuple[str, ...]:
    """Words of a list, in the order of the allowed ones: the order in which they were given says nothing."""
    if not isinstance(value, list | tuple):
        raise ParameterError(f"{name} must be a list of words, was {value!r}")
    own = [word for word in value if isinstance(word, str) and re.fullmatch(setting.form or "(?!)", word)]
    also = f"or {setting.form_about}" if setting.form else ""
    for word in value:
        if word not in (*setting.choices, *own):
            raise unknown_word(name, word, setting.choices, also)
    return (*(word for word in setting.choices if word in value), *dict.fromkeys(own))


_KIND_NAMES = {bool: "true or false", int: "a whole number", float: "a number", str: "a word"}


def _has_kind(value: object, kind: type) -> bool:
    # True and False are integers to Python, never to a trader; a whole number is a number, too.
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return type(value) is kind
