"""Conditional orders, which wait outside the matching engine for a price."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from loopback.account.orders import OrderType, Side, TimeInForce
from loopback.market.source import Kind


class AlgoType(StrEnum):
    """Kinds of conditional orders; those without MARKET become limit orders."""

    STOP = "STOP"
    STOP_MARKET = "STOP_MARKET"
    TAKE_PROFIT = "TAKE_PROFIT"
    TAKE_PROFIT_MARKET = "TAKE_PROFIT_MARKET"

    @property
    def order_type(self) -> OrderType:
        """Type of the order that it becomes."""
        return OrderType.MARKET if self.value.endswith("MARKET") else OrderType.LIMIT

    @property
    def is_stop(self) -> bool:
        """Whether it waits for a worse price rather than a better one."""
        return self in (AlgoType.STOP, AlgoType.STOP_MARKET)


class AlgoStatus(StrEnum):
    """States: NEW waits, TRIGGERING is on its way, TRIGGERED rests as an order, the others are final."""

    NEW = "NEW"
    TRIGGERING = "TRIGGERING"
    TRIGGERED = "TRIGGERED"
    FINISHED = "FINISHED"
    CANCELED = "CANCELED"
    REJECTED = "REJECTED"
    EXPIRED = "EXPIRED"


WAITING = frozenset({AlgoStatus.NEW})


@dataclass
class AlgoOrder:
    """One conditional order; prices in USDT, quantities in the base coin, times in milliseconds UTC."""

    id: int
    client_id: str
    symbol: str
    side: Side
    type: AlgoType
    time_in_force: TimeInForce
    quantity: Decimal
    trigger: Decimal
    price: Decimal
    working_type: str
    reduce_only: bool
    close_position: bool
    price_protect: bool
    time_ms: int
    update_ms: int
    status: AlgoStatus = AlgoStatus.NEW
    trigger_ms: int = 0
    order_id: int | None = None

    @property
    def falling(self) -> bool:
        """Whether the price must fall to the trigger rather than rise."""
        return (self.side is Side.SELL) == self.type.is_stop

    @property
    def watched(self) -> Kind:
        """Which price triggers it."""
        return Kind.MARK if self.working_type == "MARK_PRICE" else Kind.LAST

    def is_met_by(self, price: Decimal) -> bool:
        """Whether a price (USDT) triggers it."""
        return price <= self.trigger if self.falling else price >= self.trigger

    def end(self, status: AlgoStatus, now_ms: int) -> None:
        """Change its state."""
        self.status = status
        self.update_ms = now_ms
