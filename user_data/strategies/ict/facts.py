"""The parts of a setup, by name: its facts, the zones and the events that it can enter by (SIG-3, SIG-4).

Names, uses and points alone, for `Params` to declare them as settings; how a fact is seen is in `setups`.
"""

from dataclasses import dataclass

USES = ("off", "points", "required")
ENTRY_ZONES = ("ob", "fvg", "breaker", "ifvg", "bpr", "unicorn", "rejection", "propulsion")
# Events for entries, in the order in which they are checked, and their names.
ENTRY_EVENTS = {
    "sweep": "Sweep of liquidity",
    "mss": "Market structure shift",
    "cisd": "Change in state of delivery",
    "break": "Break of structure",
    "gap": "Return to the gap of a break",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact that a setup can use.

    Attributes
    ----------
    title : str
        What it is called.
    about : str
        What holds, worded for a long.
    use : str
        One of `USES`, by default.
    points : float
        What it counts in the score where it is used, by default.
    """

    title: str
    about: str
    use: str = "off"
    points: float = 1.0


FACTS = {
    "htf": Fact("Higher timeframe agrees", "trend of trend_timeframe is up", "points", 2.0),
    "trend": Fact("Trend agrees", "trend of the base timeframe is up"),
    "major": Fact("Major trend agrees", "major trend is up"),
    "ob": Fact("Order block", "price is in a live bullish order block and in no bearish one", "points", 2.0),
    "fvg": Fact("Fair value gap", "price is in a live bullish gap", "points", 1.5),
    "breaker": Fact("Breaker", "price is in a live bullish breaker"),
    "ifvg": Fact("Inversion gap", "price is in a live bullish inversion gap"),
    "bpr": Fact("Balanced price range", "price is in a live bullish balanced price range"),
    "unicorn": Fact("Unicorn", "price is in a live bullish unicorn"),
    "rejection": Fact("Rejection block", "price is in a live bullish rejection block"),
    "propulsion": Fact("Propulsion block", "price is in a live bullish propulsion block"),
    "ote": Fact("OTE band", "price is in the OTE band of the running leg up", "points", 1.5),
    "htf_ob": Fact(
        "Order block of the higher timeframe", "price is in a live bullish order block of trend_timeframe"
    ),
    "htf_fvg": Fact("Gap of the higher timeframe", "price is in a live bullish gap of trend_timeframe"),
    "discount": Fact("Discount or premium", "price is below the middle of the dealing range"),
    "below_open": Fact("Beyond the midnight open", "price is below the midnight open"),
    "swept": Fact("Sweep of liquidity", "the sell side was swept within sweep_memory_candles"),
    "mss": Fact("Market structure shift", "structure shifted up within sweep_memory_candles"),
    "cisd": Fact("Change in state of delivery", "delivery changed to up within sweep_memory_candles"),
    "smt": Fact("SMT divergence", "the reference market diverged within sweep_memory_candles"),
    "displaced": Fact("Block left by displacement", "the entry zone's order block left by displacement"),
    "left_gap": Fact("Block left a gap", "the entry zone's order block left a gap"),
    "broke_structure": Fact("Block broke structure", "the entry zone's order block broke structure"),
    "swept_first": Fact("Block after a sweep", "the entry zone's order block came after a sweep"),
    "true_breaker": Fact("Breaker after a sweep", "the entry zone's breaker came after a sweep"),
}
