"""How many candles the patterns look back on, for a live bot to see what a backtest sees."""

from ict.facts import FACTS
from ict.params import Params

# A live bot can hold no more: Freqtrade asks Binance five times for 499 candles, and one of them is running.
MOST_CANDLES = 2494


def memory_candles(params: Params, candles_a_week: int) -> int:
    """Count the candles before the current one that the columns look back on, with 1d candles beside them.

    Those of last week itself are among them as long as a live bot can hold them. On 5m, where a setup may
    look back further, last week's levels come from the 1d candles alone (LEVEL-1).

    Parameters
    ----------
    params : Params
        The settings in use.
    candles_a_week : int
        Candles of the base timeframe.
    """
    least = max(_longest_story(params, 0), candles_a_week + 1)
    return min(_longest_story(params, candles_a_week), max(MOST_CANDLES, least))


def _longest_story(params: Params, candles_a_week: int) -> int:
    """Count the candles of the longest story that ends now.

    They are: a breaker, from a block that lived its whole age through its own; an inversion gap likewise; a
    sweep, remembered a while, of last week's high or of a group of equal highs; where entries look at it,
    what comes of such a block, gap or sweep. The trend has no such bound: it holds until the next break.
    """
    block, gap = params.ob_max_age_candles + 1, params.fvg_max_age_candles + 1
    sweep = params.sweep_memory_candles
    # A group of equal highs lives its own age after a swing that was as old when it joined.
    group = params.pool_max_age_candles + 2 * params.pool_swing_strength_candles
    pools = sweep + params.pool_max_age_candles + max(candles_a_week, group)
    after_sweep = {
        "gap": gap, "unicorn": gap + 1, "rejection": block, "true_breaker": 2 * block + 1,
        "mss": sweep, "cisd": sweep,
    }  # fmt: skip
    facts = (name for name in FACTS if params.use(name) != "off")
    in_use = {*params.entry_zones, *params.entry_events, *facts}
    return max(
        2 * block + 1 + ("propulsion" in in_use) * params.propulsion_memory_candles,
        2 * gap + 2,
        block + gap + 2,
        gap + 4 + ("bpr" in in_use) * params.bpr_memory_candles,
        pools + max((after_sweep[name] for name in after_sweep.keys() & in_use), default=0),
    )
