"""How much is drawn: the `ict_drawing` block of the configuration. It never affects a trade."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from types import MappingProxyType
from typing import Any, Self

from ict.catalogue.zone_kinds import ZONE_KINDS
from ict.errors import ParameterError, nearest_word

SETTINGS_KEY = "ict_drawing"


@dataclass(frozen=True, slots=True)
class Limit:
    """Bounds and meaning of one setting.

    Attributes
    ----------
    low, high : int
        Allowed range, both ends included; unused for a switch.
    about : str
        One-line meaning, for documentation.
    """

    low: int
    high: int
    about: str

    @property
    def is_switch(self) -> bool:
        """Whether it is on or off."""
        return (self.low, self.high) == (0, 1)


def _limit(default: int, about: str, *, low: int = 0, high: int = 500) -> Any:
    return field(default=default, metadata={"limit": Limit(low, high, about)})


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawingSettings:
    """The `ict_drawing` block. A limit of 0 hides its kind; each kind of zone has one, in `zones`.

    The limits apply to each stretch of `screen_candles`, counted back from the newest candle.

    Raises
    ------
    ParameterError
        When a value has the wrong type or lies outside its range.
    """

    drawing: bool = field(default=True, metadata={"limit": Limit(0, 1, "draw on FreqUI's chart")})
    zones: Mapping[str, int] = field(default_factory=lambda: _drawn())
    higher_zones: int = _limit(
        1, "live order blocks, and as many gaps, of trend_timeframe on each side, nearest to the price"
    )
    spent_zones: int = _limit(2, "ended zones of each of these kinds, newest first")
    ote_bands: bool = field(default=True, metadata={"limit": Limit(0, 1, "the OTE band of the current leg")})
    pools: int = _limit(2, "pools of liquidity on each side, nearest to the price")
    period_levels: int = _limit(
        2, "highs, and as many lows, of the previous day, week and month, nearest to the price"
    )
    session_levels: int = _limit(1, "highs, and as many lows, of the latest sessions, nearest to the price")
    sessions: int = _limit(2, "shaded sessions, the newest of each")
    midnight_open: bool = field(
        default=True, metadata={"limit": Limit(0, 1, "the open at midnight in New York")}
    )
    dealing_range: bool = field(
        default=True, metadata={"limit": Limit(0, 1, "premium, discount and their middle")}
    )
    strong_levels: bool = field(
        default=False,
        metadata={"limit": Limit(0, 1, "the strong low and weak high of major structure, or the reverse")},
    )
    sweeps: int = _limit(6, "swept levels, the newest")
    breaks: int = _limit(16, "breaks of structure and changes of character, the newest")
    swings: int = _limit(4, "swing highs, and as many lows, with HH, LH, LL or HL, the newest")
    major_swings: int = _limit(0, "major swing highs, and as many lows, marked by their name, the newest")
    displacements: int = _limit(0, "displacement candles, the newest")
    divergences: int = _limit(4, "divergences from the second market (SMT), the newest")
    position: bool = field(
        default=True, metadata={"limit": Limit(0, 1, "entry, stop and target of an open trade")}
    )
    screen_candles: int = _limit(300, "candles on a screen, for which the limits count", low=50, high=5000)
    ahead_candles: int = _limit(4, "candles by which live zones and levels extend beyond the newest candle")
    screen_characters: int = _limit(190, "characters of names that fit side by side on a screen", low=20)
    screen_lines: int = _limit(26, "names that fit one above the other on a screen", low=5)
    drawn_candles: int = _limit(1500, "newest candles with drawings", low=50, high=50_000)

    def __post_init__(self) -> None:
        for name, limit in limits().items():
            _check(name, limit, self[name])

    def __getitem__(self, name: str) -> int:
        """Return the value of a setting or of a zone kind's limit, by its name in the block."""
        value: int = self.zones[name] if name in self.zones else getattr(self, name)
        return value

    @classmethod
    def parse(cls, block: object) -> Self:
        """Make settings from a block of the configuration; None gives the defaults.

        Raises
        ------
        ParameterError
            As above, and for a block that is no mapping, or an unknown name.
        """
        given: Any = {} if block is None else block
        if not isinstance(given, Mapping):
            raise ParameterError(f"{SETTINGS_KEY} must be a block of settings, was {given!r}")
        known = limits()
        for name in given:
            if name not in known:
                names = f"{', '.join(known)}{nearest_word(name, known)}"
                raise ParameterError(f"{SETTINGS_KEY}.{name} is not a setting; known are: {names}")
        zones = {name: given.get(name, drawn) for name, drawn in _drawn().items()}
        return cls(zones=zones, **{name: value for name, value in given.items() if name not in zones})


@cache
def limits() -> Mapping[str, Limit]:
    """Every setting by name, the limits of the zones' kinds among them."""
    found: dict[str, Limit] = {}
    for declared in fields(DrawingSettings):
        found |= _of_kinds() if declared.name == "zones" else {declared.name: declared.metadata["limit"]}
    return MappingProxyType(found)


def _of_kinds() -> dict[str, Limit]:
    return {
        kind.setting: Limit(0, 500, f"live {kind.title}s of each side, nearest to the price")
        for kind in reversed(ZONE_KINDS)
    }


def _drawn() -> Mapping[str, int]:
    return {kind.setting: kind.drawn for kind in ZONE_KINDS}


def _check(name: str, limit: Limit, value: object) -> None:
    name = f"{SETTINGS_KEY}.{name}"
    if limit.is_switch:
        if type(value) is not bool:
            raise ParameterError(f"{name} must be true or false, was {value!r}")
    elif type(value) is not int:
        raise ParameterError(f"{name} must be a whole number, was {value!r}")
    elif not limit.low <= value <= limit.high:
        raise ParameterError(f"{name} must be between {limit.low} and {limit.high}, was {value}")
