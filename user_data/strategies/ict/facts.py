"""The parts of a setup, by name: its facts, the zones and the events that it can enter by (SIG-3, SIG-4).

Names, uses and points alone, for `Params` to declare them as settings; how a fact is seen is in `setups`.
"""

from dataclasses import dataclass

USES = ("off", "points", "required")
ENTRY_ZONES = ("ob", "fvg", "breaker", "ifvg", "bpr", "unicorn", "rejection", "propulsion")
# Events for entries, in the order in which they are checked.
ENTRY_EVENTS = ("sweep", "mss", "cisd", "break", "gap")


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact that a setup can use; its name is in `ict.words`.

    Attributes
    ----------
    about : str
        What holds, worded for a long.
    use : str
        One of `USES`, by default.
    points : float
        What it counts in the score where it is used, by default.
    """

    about: str
    use: str = "off"
    points: float = 1.0


FACTS = {
    "htf": Fact("trend of trend_timeframe is up", "points", 2.0),
    "trend": Fact("trend of the base timeframe is up"),
    "major": Fact("major trend is up"),
    "ob": Fact("price is in a live bullish order block and in no bearish one", "points", 2.0),
    "fvg": Fact("price is in a live bullish gap", "points", 1.5),
    "breaker": Fact("price is in a live bullish breaker"),
    "ifvg": Fact("price is in a live bullish inversion gap"),
    "bpr": Fact("price is in a live bullish balanced price range"),
    "unicorn": Fact("price is in a live bullish unicorn"),
    "rejection": Fact("price is in a live bullish rejection block"),
    "propulsion": Fact("price is in a live bullish propulsion block"),
    "ote": Fact("price is in the OTE band of the running leg up", "points", 1.5),
    "htf_ob": Fact("price is in a live bullish order block of trend_timeframe"),
    "htf_fvg": Fact("price is in a live bullish gap of trend_timeframe"),
    "discount": Fact("price is below the middle of the dealing range"),
    "below_open": Fact("price is below the midnight open"),
    "swept": Fact("the sell side was swept within sweep_memory_candles"),
    "mss": Fact("structure shifted up within sweep_memory_candles"),
    "cisd": Fact("delivery changed to up within sweep_memory_candles"),
    "smt": Fact("the reference market diverged within sweep_memory_candles"),
    "displaced": Fact("the entry zone's order block left by displacement"),
    "left_gap": Fact("the entry zone's order block left a gap"),
    "broke_structure": Fact("the entry zone's order block broke structure"),
    "swept_first": Fact("the entry zone's order block came after a sweep"),
    "true_breaker": Fact("the entry zone's breaker came after a sweep"),
}
