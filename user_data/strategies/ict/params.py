"""Every setting of the product: declared once, with its default, range, unit and meaning.

The rest of the code trusts the type: a `Params` that exists is valid. Freqtrade's parameters,
the `ict` block of config.json and the table in the documentation are all made from these fields.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from types import MappingProxyType
from typing import Any, Self, cast

from ict.errors import ParameterError, nearest_word
from ict.facts import ENTRY_EVENTS, ENTRY_ZONES, FACTS, USES
from ict.setting import Setting, checked, choice, number, plain, text, words
from ict.setup_block import settings_of
from ict.tie import TIE

# When entries are allowed, in New York time (TIME-1); `ict.setups.windows` defines them.
WINDOW_NAMES = ("asia", "london", "new_york", "london_close", "silver_bullet", "pm")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HOURS = r"([01]\d|2[0-3]):[0-5]\d"
OWN_WINDOW = rf"{_HOURS}-({_HOURS}|24:00)"
_PAIR = r"[A-Z0-9]+/[A-Z]+:[A-Z]+"

# What a level may come from: of several pools at one level, the first names it (POOL-3).
LEVEL_KINDS = ("month", "week", "day", "session", "equal", "swing")
# What a pool comes from, in the order in which sweeps name them (SWEEP-2).
POOL_KINDS = ("month", "week", "day", "asia", "london", "new_york", "equal", "swing")


def _with_facts(declared: type) -> type:
    """Declare use and points of each fact of a setup (SIG-3)."""
    for name, fact in FACTS.items():
        use = choice(fact.use, USES, f"SIG-3: {fact.about}", space="facts", analysed=False)
        points = number(fact.points, (0.0, 100.0), f"SIG-3: points of {name}", unit="points", space="facts")
        for setting, kind, value in ((f"use_{name}", str, use), (f"points_{name}", float, points)):
            declared.__annotations__[setting] = kind
            setattr(declared, setting, value)
    return declared


@dataclass(frozen=True, slots=True, kw_only=True)
@_with_facts
class Params:
    """The settings of one analysis and of the desk that acts on it.

    Raises
    ------
    ParameterError
        When a value has the wrong type or lies outside its range; NaN lies outside every range.
    """

    min_body_ratio: float = number(
        0.7, (0.0, 1.0), "OB-1: body of the impulse candle over its range, exceeded",
        unit="ratio", space="patterns", search=(0.5, 0.9),
    )  # fmt: skip
    max_touches: int = number(
        3, (1, 100), "ZONE-1: touches after which an order block is exhausted",
        unit="touches", space="patterns", search=(1, 6),
    )  # fmt: skip
    ob_max_age_candles: int = number(
        100, (1, 1000), "ZONE-1: maximum age of an order block or a breaker",
        unit="candles", space="patterns", search=(20, 200),
    )  # fmt: skip
    mean_threshold: bool = number(
        False, (0, 1), "ZONE-2: a close beyond the middle of an order block or a breaker ends it",
        unit="on/off", space="patterns", search=(0, 1),
    )  # fmt: skip
    min_gap_percent: float = number(
        0.1, (0.0, 100.0), "FVG-1: minimum height of a gap",
        unit="% of the close", space="patterns", search=(0.0, 0.5),
    )  # fmt: skip
    fvg_max_age_candles: int = number(
        50, (1, 1000), "ZONE-1: maximum age of a gap or an inversion gap",
        unit="candles", space="patterns", search=(10, 100),
    )  # fmt: skip
    swing_strength_candles: int = number(
        3, (1, 100), "SWING-1: candles on each side that a swing must exceed",
        unit="candles", space="patterns", search=(2, 10),
    )  # fmt: skip
    equal_tolerance_atr: float = number(
        0.1, (0.0, 10.0), "EQ-1: how far equal highs or lows may lie apart",
        unit="ATR", space="patterns", search=(0.0, 0.5),
    )  # fmt: skip
    pool_max_age_candles: int = number(
        400, (1, 10_000), "POOL-1: maximum age of a pool of liquidity",
        unit="candles", space="patterns", search=(100, 1000),
    )  # fmt: skip
    sweep_memory_candles: int = number(
        16, (0, 1000), "OB-2, REV-1: maximum age of a sweep",
        unit="candles", space="patterns", search=(4, 48),
    )  # fmt: skip
    pool_swing_strength_candles: int = number(
        3, (1, 100), "POOL-1: strength of the swings that make pools of liquidity",
        unit="candles", space="patterns", search=(2, 20),
    )  # fmt: skip
    displacement_body_ratio: float = number(
        0.6, (0.0, 1.0), "DISP-1: minimum body of a displacement candle over its range",
        unit="ratio", space="patterns",
    )  # fmt: skip
    displacement_factor: float = number(
        1.5, (0.0, 100.0), "DISP-1: minimum body of a displacement candle over the mean of the 20 before it",
        unit="times the mean body", space="patterns",
    )  # fmt: skip
    month_pools: bool = number(
        False, (0, 1), "POOL-2: the previous month's high and low are pools",
        unit="on/off", space="patterns",
    )  # fmt: skip
    session_pools: bool = number(
        False, (0, 1), "POOL-2: highs and lows of the latest sessions are pools",
        unit="on/off", space="patterns",
    )  # fmt: skip
    draw_kinds: tuple[str, ...] = words(
        LEVEL_KINDS, LEVEL_KINDS, "POOL-3: what counts as a draw", space="patterns", analysed=True
    )
    major_swing_strength_candles: int = number(
        20, (1, 300), "MAJOR-1: candles on each side that a major swing must exceed",
        unit="candles", space="patterns",
    )  # fmt: skip
    smt_window_candles: int = number(
        3, (0, 100), "SMT-1: how far apart the swings of two markets may lie",
        unit="candles", space="patterns",
    )  # fmt: skip
    reference_pairs: tuple[str, ...] = words(
        (), ("BTC/USDT:USDT", "ETH/USDT:USDT"),
        "SMT-1: second markets; a pair is compared with the first that is not the pair itself",
        space="patterns", form=(_PAIR, "another pair"),
    )  # fmt: skip
    bpr_memory_candles: int = number(
        10, (1, 300), "BPR-1: maximum age of the gap of the other side",
        unit="candles", space="patterns",
    )  # fmt: skip
    unicorn_memory_candles: int = number(
        5, (0, 300), "UNI-1: how long before its breaker the gap of a unicorn may have become known",
        unit="candles", space="patterns",
    )  # fmt: skip
    rejection_wick_ratio: float = number(
        0.5, (0.0, 1.0), "REJ-1: minimum wick of a rejection block over the candle's range",
        unit="ratio", space="patterns",
    )  # fmt: skip
    propulsion_memory_candles: int = number(
        10, (1, 300), "PROP-1: candles within which a close must leave the candle that came back",
        unit="candles", space="patterns",
    )  # fmt: skip
    entry_zones: tuple[str, ...] = words(
        ("ob",), ENTRY_ZONES, "SIG-4: zone kinds for entries", space="setup",
    )  # fmt: skip
    entry_events: tuple[str, ...] = words(
        (), tuple(ENTRY_EVENTS), "SIG-4: events that trigger an entry at their close", space="setup",
    )  # fmt: skip
    swept_kinds: tuple[str, ...] = words(
        POOL_KINDS, POOL_KINDS, "SIG-3, SIG-4: pools whose sweeps are the fact swept and the event sweep",
        space="setup",
    )  # fmt: skip
    entry_at: str = choice(
        "close", ("close", "zone"), "LIM-1: enter by a market order at the close, or rest at the zone",
        space="setup", searched=False, analysed=False,
    )  # fmt: skip
    entry_depth: float = number(
        0.0, (0.0, 1.0), "LIM-1: depth of the resting entry in the zone; 0 is its edge, 0.5 its middle",
        unit="ratio of the height", space="setup", search=(0.0, 1.0),
    )  # fmt: skip
    entry_post_only: bool = number(
        False, (0, 1), "LIM-2: place the resting entry as post-only (maker) order",
        unit="on/off", space="setup",
    )  # fmt: skip
    one_entry_per_zone: bool = number(
        False, (0, 1), "ZONE-4: a zone in which an entry was filled is not entered again",
        unit="on/off", space="setup", search=(0, 1),
    )  # fmt: skip
    trend_timeframe: str = choice(
        "4h", ("1h", "4h", "1d"), "HTF-1: the higher timeframe whose trend scores",
        space="confluence",
    )  # fmt: skip
    second_trend_timeframe: str = choice(
        "none", ("none", "1h", "4h", "1d"), "HTF-1: a second timeframe for the gate",
        space="confluence", searched=False,
    )  # fmt: skip
    entry_threshold: float = number(
        4.0, (0.0, 100.0), "SIG-2: minimum score of an entry; 2 is the order block alone",
        unit="points", space="confluence", search=(0.0, 100.0), of_scores=True,
    )  # fmt: skip
    htf_gate: bool = number(
        True, (0, 1), "SIG-2: no entry against a higher timeframe's trend",
        unit="on/off", space="confluence", search=(0, 1),
    )  # fmt: skip
    htf_must_agree: bool = number(
        False, (0, 1), "SIG-2: the gate also refuses while a higher timeframe has no trend",
        unit="on/off", space="confluence", search=(0, 1),
    )  # fmt: skip
    max_volatility_percentile: float = number(
        100.0, (0.0, 100.0), "VOL-1: no entry while the daily range ranks above this; 100 is off",
        unit="%", space="confluence", analysed=True,
    )  # fmt: skip
    entry_windows: tuple[str, ...] = words(
        (), WINDOW_NAMES, "TIME-1: windows in New York time in which entries are allowed; none is always",
        space="confluence", form=(OWN_WINDOW, '"HH:MM-HH:MM"'),
    )  # fmt: skip
    entry_weekdays: tuple[str, ...] = words(
        WEEKDAYS, WEEKDAYS, "TIME-1: weekdays in New York time on which entries are allowed",
        space="confluence",
    )  # fmt: skip
    blackout_file: str = text(
        "", "TIME-2: no entries during the times in this file; empty is off",
        allowed="a CSV file in user_data", space="confluence",
    )  # fmt: skip
    stop_buffer: float = number(
        0.002, (0.0, 0.1), "EXIT-1: stop this far beyond the zone",
        unit="ratio of the edge", space="exits", search=(0.0, 0.01), analysed=True,
    )  # fmt: skip
    stop_behind: str = choice(
        "zone", ("zone", "swing", "sweep"), "STOP-1: a zone's stop also lies beyond this",
        space="exits", analysed=False,
    )  # fmt: skip
    min_stop_atr: float = number(
        0.0, (0.0, 20.0), "EXIT-2: minimum distance of the stop, in ATR of trend_timeframe; 0 is off",
        unit="ATR", space="exits", search=(0.0, 3.0), analysed=True,
    )  # fmt: skip
    min_stop_costs: float = number(
        2.0, (0.0, 20.0), "EXIT-1: minimum distance of the stop, in fees of both sides; 0 is off",
        unit="times the fees", space="exits",
    )  # fmt: skip
    risk_reward: float = number(
        2.0, (0.0, 100.0), "EXIT-1: distance of the target over that of the stop; 0 is no target",
        unit="R", space="exits", search=(1.0, 5.0),
    )  # fmt: skip
    target_at: str = choice(
        "rr", ("rr", "liquidity"), "TGT-1: target at risk_reward, or at the nearest pool of liquidity",
        space="exits", analysed=False,
    )  # fmt: skip
    min_target_r: float = number(
        1.5, (0.0, 100.0), "TGT-1: minimum distance of a pool that is a target",
        unit="R", space="exits", search=(1.0, 3.0),
    )  # fmt: skip
    trail_timeframe: str = choice(
        "none", ("none", "1h", "4h", "1d"), "EXIT-3: trail the stop behind this timeframe's swings",
        space="exits",
    )  # fmt: skip
    break_even_at_r: float = number(
        0.0, (0.0, 100.0), "EXIT-4: gain at which the stop moves to the entry; 0 is off",
        unit="R", space="exits", search=(0.5, 5.0),
    )  # fmt: skip
    partial_exit_at: str = choice(
        "rr", ("rr", "liquidity"), "EXIT-5: close a part at partial_exit_at_r, or at the first pool beyond",
        space="exits", searched=False, analysed=False,
    )  # fmt: skip
    partial_exit_at_r: float = number(
        0.0, (0.0, 100.0), "EXIT-5: gain at which a part of the position is closed; 0 is off",
        unit="R", space="exits",
    )  # fmt: skip
    partial_exit_percent: float = number(
        50.0, (1.0, 99.0), "EXIT-5: the part that is closed then",
        unit="% of the position", space="exits",
    )  # fmt: skip
    max_hold_candles: int = number(
        0, (0, 100_000), "EXIT-6: close a trade after so many candles, the fill's counted; 0 is off",
        unit="candles", space="exits",
    )  # fmt: skip
    risk_per_trade_percent: float = number(
        1.0, (0.01, 100.0), "RISK-1: loss of a trade at its stop, fees included",
        unit="% of equity", space="risk",
    )  # fmt: skip
    max_position_percent: float = number(
        10.0, (0.1, 100.0), "RISK-1: largest margin of one position",
        unit="% of equity", space="risk",
    )  # fmt: skip
    max_daily_loss_percent: float = number(
        3.0, (0.01, 100.0), "RISK-2: realised loss that ends the UTC day",
        unit="% of the day's first equity", space="risk", search=(1.0, 6.0),
    )  # fmt: skip
    max_daily_trades: int = number(
        5, (1, 1000), "RISK-2: entries in a UTC day",
        unit="entries", space="risk", search=(1, 10),
    )  # fmt: skip
    max_open_risk_percent: float = number(
        100.0, (0.01, 100.0), "RISK-3: maximum risk of all open positions, with the new one; 100 is off",
        unit="% of equity", space="risk",
    )  # fmt: skip
    max_weekly_loss_percent: float = number(
        100.0, (0.01, 100.0), "RISK-4: realised loss that ends the UTC week; 100 is off",
        unit="% of the week's first equity", space="risk",
    )  # fmt: skip
    max_drawdown_percent: float = number(
        100.0, (0.01, 100.0), "RISK-5: maximum drawdown for entries; 100 is off",
        unit="% of the highest equity", space="risk",
    )  # fmt: skip
    drawdown_days: int = number(
        30, (1, 89), "RISK-5: days over which the highest equity counts",
        unit="days", space="risk",
    )  # fmt: skip
    max_losing_streak: int = number(
        0, (0, 1000), "RISK-6: losing trades in a row after which entries pause; 0 is off",
        unit="trades", space="risk",
    )  # fmt: skip
    streak_pause_hours: float = number(
        24.0, (0.25, 8760.0), "RISK-6: duration of the pause",
        unit="hours", space="risk",
    )  # fmt: skip
    max_cost_r: float = number(
        0.0, (0.0, 100.0), "RISK-7: maximum fees of both sides for an entry; 0 is off",
        unit="R", space="risk",
    )  # fmt: skip
    position_leverage: int = number(
        1, (1, 125), "RISK-1: leverage of a position; lower where its stop would be near the liquidation",
        unit="x", space="risk",
    )  # fmt: skip
    max_chase_r: float = number(
        0.5, (0.0, 100.0), "RISK-8: maximum distance of the entry from the signal's close, in its R",
        unit="R", space="risk",
    )  # fmt: skip
    alerts_only: bool = number(
        False, (0, 1), "SIG-2: only send alerts (ict_messages.alerts), make no entries",
        unit="on/off", space="risk",
    )  # fmt: skip
    fail_closed: bool = number(
        True, (0, 1), "BOOK-1: while exchange and book differ on one pair, no entry on any",
        unit="on/off", space="risk",
    )  # fmt: skip
    adopt_orphans: str = choice(
        "stop", ("off", "stop", "close"),
        "BOOK-1: a position without a trade: leave it, place its stop, close it",
        space="risk", searched=False, analysed=False,
    )  # fmt: skip

    def __post_init__(self) -> None:
        for declared in fields(self):
            value = checked(declared, plain(getattr(self, declared.name)))
            object.__setattr__(self, declared.name, value)

    def use(self, fact: str) -> str:
        """How a fact of the setup is used: one of `USES`."""
        return str(getattr(self, f"use_{fact}"))

    def points(self, fact: str) -> float:
        """Points of a fact in the score."""
        return float(getattr(self, f"points_{fact}"))

    @property
    def most_points(self) -> float:
        """Points of all facts in use together."""
        return sum(self.points(name) for name in FACTS if self.use(name) != "off")

    @property
    def threshold_fault(self) -> str:
        """Why no entry can ever score enough (SIG-2); empty where one can."""
        most = self.most_points
        if self.entry_threshold <= most + TIE:
            return ""
        return (
            f"entry_threshold must be at most {most:g}, the points of all facts in use, "
            f"was {self.entry_threshold:g}: no entry would ever be made"
        )

    @property
    def aims_at_pools(self) -> bool:
        """Whether a trade, or a part of it, is closed at a pool of liquidity (TGT-1, EXIT-5)."""
        return "liquidity" in (self.target_at, self.partial_exit_at)

    @property
    def gate_timeframes(self) -> tuple[str, ...]:
        """The higher timeframes that an entry must not be against (SIG-2)."""
        named = (self.trend_timeframe, self.second_trend_timeframe) if self.htf_gate else ()
        return tuple(name for name in named if name != "none")

    def reference_of(self, pair: str) -> str | None:
        """Second market that a pair is compared with (SMT-1); None for none."""
        return next((other for other in self.reference_pairs if other != pair), None)

    @property
    def stop_timeframes(self) -> tuple[str, ...]:
        """The higher timeframes whose range or swings a stop is made of."""
        ranged = self.trend_timeframe if self.min_stop_atr else "none"
        return tuple(dict.fromkeys(name for name in (ranged, self.trail_timeframe) if name != "none"))

    @property
    def volatility_timeframe(self) -> str:
        """The timeframe whose volatility counts (VOL-1)."""
        return "1d" if self.max_volatility_percentile < 100 else "none"

    @property
    def higher_timeframes(self) -> tuple[str, ...]:
        """The higher timeframes that these settings look at, each once; weeks and months are made of days."""
        trends = (self.trend_timeframe, self.second_trend_timeframe)
        asked = (*trends, *self.stop_timeframes, self.volatility_timeframe, "1d")
        return tuple(dict.fromkeys(name for name in asked if name != "none"))

    @classmethod
    def parse(cls, values: Mapping[str, object]) -> Self:
        """Make settings from untrusted names and values, such as the `ict` block of config.json.

        Raises
        ------
        ParameterError
            Also for a name that is not a setting.
        """
        known, flat = settings(), expanded(values)
        for name in flat:
            if name not in known:
                names = f"{', '.join(known)}{nearest_word(name, [*known, 'setup', 'pairs'])}"
                raise ParameterError(f"{name} is not a setting of ict; known are: {names}")
        return cls(**cast(dict[str, Any], flat))


def expanded(values: Mapping[str, object]) -> dict[str, object]:
    """Return settings with their `setup` block made into settings; a setting beside the block wins over it.

    Raises
    ------
    ParameterError
        When the block is wrong; it names what is wrong as it is written there.
    """
    found = settings_of(values["setup"]) if "setup" in values else {}
    declared = {one.name: one for one in fields(Params)}
    for name, (value, where) in found.items():
        checked(declared[name], plain(value), where)
    beside = {name: value for name, value in values.items() if name != "setup"}
    return {name: of.value for name, of in found.items()} | beside


@cache
def settings() -> Mapping[str, Setting]:
    """Every setting by name, in the order of declaration."""
    return MappingProxyType({declared.name: declared.metadata["setting"] for declared in fields(Params)})
