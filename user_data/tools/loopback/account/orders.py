"""Orders in the matching engine, and the record of all orders ever placed."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Generic, TypeVar

ZERO = Decimal(0)

T = TypeVar("T")


class Side(StrEnum):
    """Side of an order."""

    BUY = "BUY"
    SELL = "SELL"

    @property
    def sign(self) -> int:
        """1 for a purchase, -1 for a sale."""
        return 1 if self is Side.BUY else -1


class OrderType(StrEnum):
    """Kinds of orders in the matching engine."""

    MARKET = "MARKET"
    LIMIT = "LIMIT"


class TimeInForce(StrEnum):
    """How long an order rests; GTX is post-only."""

    GTC = "GTC"
    IOC = "IOC"
    FOK = "FOK"
    GTX = "GTX"


class Status(StrEnum):
    """States of an order; FILLED and the last three are final."""

    NEW = "NEW"
    PARTIALLY_FILLED = "PARTIALLY_FILLED"
    FILLED = "FILLED"
    CANCELED = "CANCELED"
    EXPIRED = "EXPIRED"
    REJECTED = "REJECTED"


OPEN_STATES = frozenset({Status.NEW, Status.PARTIALLY_FILLED})


@dataclass
class Order:
    """One order; prices in USDT, quantities in the base coin, times in milliseconds UTC.

    `original_type` is the conditional type it came from, or its own.
    """

    id: int
    client_id: str
    symbol: str
    side: Side
    type: OrderType
    time_in_force: TimeInForce
    quantity: Decimal
    price: Decimal
    reduce_only: bool
    time_ms: int
    original_type: str
    stop_price: Decimal = ZERO
    close_position: bool = False
    working_type: str = "CONTRACT_PRICE"
    status: Status = Status.NEW
    executed: Decimal = ZERO
    quote: Decimal = ZERO
    update_ms: int = 0

    @property
    def is_open(self) -> bool:
        """Whether it can still be filled or cancelled."""
        return self.status in OPEN_STATES

    @property
    def left(self) -> Decimal:
        """Quantity not filled yet."""
        return self.quantity - self.executed

    @property
    def average(self) -> Decimal:
        """Average price of its fills in USDT, 0 without any."""
        return self.quote / self.executed if self.executed else ZERO

    def end(self, status: Status, now_ms: int) -> None:
        """Set its final state."""
        self.status = status
        self.update_ms = now_ms


class OrderBook(Generic[T]):
    """Orders by id and client id, in order of creation."""

    def __init__(self) -> None:
        self._by_id: dict[int, T] = {}
        self._by_client: dict[str, T] = {}

    def add(self, item_id: int, client_id: str, item: T) -> None:
        """Add an order; a client id refers to its newest use."""
        self._by_id[item_id] = item
        self._by_client[client_id] = item

    def find(self, item_id: int | None, client_id: str | None) -> T | None:
        """Return the order with an id, or else with a client id, or None."""
        if item_id is not None:
            return self._by_id.get(item_id)
        return None if client_id is None else self._by_client.get(client_id)

    def __iter__(self) -> Iterator[T]:
        return iter(list(self._by_id.values()))
