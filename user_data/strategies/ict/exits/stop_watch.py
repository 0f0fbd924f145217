"""The live bot's own watch of a stop that should rest on the exchange."""

from dataclasses import dataclass

from ict.candles import Direction

# A resting stop fires at its price. This far beyond it, in parts of the price, it can't be counted on.
STOP_OVERDUE = 0.002


@dataclass(frozen=True, slots=True)
class StopState:
    """A trade's stop as the bot sees it.

    Attributes
    ----------
    price : float
        Stop price, in the quote currency; 0 for none.
    rests_on_exchange : bool
        Whether an order for it is open there, as far as the bot knows.
    """

    price: float
    rests_on_exchange: bool


def stop_is_due(stop: StopState, rate: float, direction: Direction) -> bool:
    """Whether the bot itself has to close the trade because its stop did not.

    Parameters
    ----------
    stop : StopState
        The trade's stop.
    rate : float
        Price at which the trade could be closed now.
    direction : Direction
        +1 long, -1 short.

    Returns
    -------
    bool
        True once the price is at or beyond a stop that does not rest on the exchange, or clearly
        beyond one that does: an exchange that forgot an order answers as if it were open.
    """
    if not stop.price > 0:
        return False
    beyond = direction * (stop.price - rate) / stop.price
    return beyond > STOP_OVERDUE if stop.rests_on_exchange else beyond >= 0
