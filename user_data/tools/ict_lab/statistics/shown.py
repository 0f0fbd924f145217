"""What the mean result of a trade shows, in one sentence: for the report and the walk-forward."""

from ict_lab.formatting import signed
from ict_lab.statistics.expectancy import Expectancy
from ict_lab.words import ENGLISH, Wording


def verdict_of(expectancy: Expectancy, unit: str, say: Wording = ENGLISH) -> str:
    """Say in a sentence what the mean result of a trade shows.

    Parameters
    ----------
    expectancy : Expectancy
        Of all trades.
    unit : str
        Its unit.
    say : Wording, optional
        Language of the page.
    """
    mean = say("a_trade", mean=signed(expectancy.mean), unit=unit)
    if expectancy.shortage:
        return say("verdict_few", shortage=say.said(expectancy.shortage), mean=mean)
    ends = {"low": signed(expectancy.low), "high": signed(expectancy.high)}
    interval = say("verdict_interval", unit=unit, **ends)
    if expectancy.contains_zero:
        return say("verdict_none", mean=mean, interval=interval)
    return say("verdict_loss" if expectancy.shows_loss else "verdict_gain", mean=mean, interval=interval)
