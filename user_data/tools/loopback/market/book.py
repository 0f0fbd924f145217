"""An order book around the last price: one tick wide, the same for the same price."""

from decimal import Decimal
from typing import NamedTuple

from loopback.symbols import SymbolSpec

_LARGEST_LEVEL_USDT = Decimal(400_000)
_SPREADER = 2_654_435_761
_SCALE = 2**32


class Level(NamedTuple):
    """A price (USDT) and the quantity offered at it (base coin)."""

    price: Decimal
    quantity: Decimal


class Book(NamedTuple):
    """Bids from the highest down, asks from the lowest up."""

    bids: list[Level]
    asks: list[Level]


def book(spec: SymbolSpec, last_price: Decimal, depth: int) -> Book:
    """Return a book whose best bid is the last price and whose best ask is one tick above it.

    Parameters
    ----------
    spec
        The contract.
    last_price
        Price of the last trade in USDT.
    depth
        Number of levels on each side; fewer bids where the price would not be above 0.
    """
    bids = [last_price - spec.tick * index for index in range(depth)]
    asks = [last_price + spec.tick * (index + 1) for index in range(depth)]
    return Book([_level(spec, price) for price in bids if price > 0], [_level(spec, price) for price in asks])


def _level(spec: SymbolSpec, price: Decimal) -> Level:
    """Return a level whose size looks random but depends on its price alone."""
    scattered = int(price / spec.tick) * _SPREADER % _SCALE
    quantity = spec.to_step(_LARGEST_LEVEL_USDT * scattered / _SCALE / price)
    return Level(price, max(quantity, spec.step))
