"""What a setting is: its bounds and its meaning, and whether a value is one of its own."""

import re
from dataclasses import Field, dataclass, field
from typing import Any

import numpy as np

from ict.errors import ParameterError, nearest_word, unknown_word


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
        Whether it is a list of such words, each once.
    form, form_about : str
        Further words that such a list may have: a regular expression, and the same for a reader.
    analysed : bool
        Whether the columns of an analysis depend on it. Hyperopt computes them once, before the search,
        unless it analyses every epoch again.
    of_scores : bool
        Whether only the scores that an entry can have differ in effect: `reachable_scores`.
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
    of_scores: bool = False

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
        """Whether any text is allowed, such as the name of a file."""
        return self.unit == "text"


def number(
    default: float,
    allowed: tuple[float, float],
    about: str,
    *,
    unit: str,
    space: str,
    search: tuple[float, float] | None = None,
    analysed: bool = False,
    of_scores: bool = False,
) -> Any:
    """Declare a setting that is a number, or on and off."""
    analysed |= space == "patterns"
    setting = Setting(
        *allowed, search=search, unit=unit, about=about, space=space, analysed=analysed, of_scores=of_scores
    )
    return field(default=default, metadata={"setting": setting})


def choice(
    default: str,
    choices: tuple[str, ...],
    about: str,
    *,
    space: str,
    searched: bool = True,
    analysed: bool = True,
) -> Any:
    """Declare a setting that is one of several words."""
    allowed = (0, len(choices) - 1)
    search = allowed if searched else None
    setting = Setting(*allowed, search, "choice", about, space, choices=choices, analysed=analysed)
    return field(default=default, metadata={"setting": setting})


def words(
    default: tuple[str, ...],
    choices: tuple[str, ...],
    about: str,
    *,
    space: str,
    analysed: bool = False,
    form: tuple[str, str] = ("", ""),
) -> Any:
    """Any of several words, each once; searching them is what a setting of its own for each is for."""
    setting = Setting(
        0, len(choices), None, "list", about, space, choices=choices, analysed=analysed, several=True,
        form=form[0], form_about=form[1],
    )  # fmt: skip
    return field(default=default, metadata={"setting": setting})


def text(default: str, about: str, *, allowed: str, space: str) -> Any:
    """Declare a setting that is any text."""
    setting = Setting(0, 0, None, "text", about, space, form_about=allowed)
    return field(default=default, metadata={"setting": setting})


def plain(value: object) -> object:
    """Python's own number or word for NumPy's; a length of time is neither."""
    if isinstance(value, np.timedelta64):
        return value
    return value.item() if isinstance(value, np.bool_ | np.integer | np.floating | np.str_) else value


def checked(declared: Field[Any], value: Any, where: str = "") -> object:
    """Return a field's value as its own type.

    Parameters
    ----------
    declared : Field
        The field.
    value
        As given.
    where : str
        What an error names; the field without.

    Raises
    ------
    ParameterError
        When it is of another type, or outside the allowed range.
    """
    kind: type = type(declared.default)
    setting: Setting = declared.metadata["setting"]
    where = where or declared.name
    if setting.several:
        return _checked_words(where, setting, value)
    if not _has_kind(value, kind):
        raise ParameterError(f"{where} must be {_KIND_NAMES[kind]}, was {value!r}")
    # NaN and infinity lie in no range.
    if setting.is_text:
        return str(value)
    inside = value in setting.choices if setting.choices else setting.low <= value <= setting.high
    if not inside:
        said = value if str(value).isprintable() else ascii(value)
        given = f"{said}{nearest_word(value, setting.choices)}"
        raise ParameterError(f"{where} must be {setting.allowed}, was {given}")
    return kind(value)


def _checked_words(name: str, setting: Setting, value: object) -> tuple[str, ...]:
    """Words of a list, each once, in the order in which they were given."""
    if not isinstance(value, list | tuple):
        raise ParameterError(f"{name} must be a list of words, was {value!r}")
    own = [word for word in value if isinstance(word, str) and re.fullmatch(setting.form or "(?!)", word)]
    also = f"or {setting.form_about}" if setting.form else ""
    for word in value:
        if word not in (*setting.choices, *own):
            raise unknown_word(name, word, setting.choices, also)
    return tuple(dict.fromkeys(value))


_KIND_NAMES = {bool: "true or false", int: "a whole number", float: "a number", str: "a word"}


def _has_kind(value: object, kind: type) -> bool:
    # True and False are integers to Python, never to a trader; a whole number is a number, too.
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return type(value) is kind
