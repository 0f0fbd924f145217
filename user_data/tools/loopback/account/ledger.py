"""The account's history: trades, and income and expenses."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from loopback.account.orders import Side


@dataclass(frozen=True)
class Trade:
    """One fill of an order; price and money in USDT, quantity in the base coin, time in milliseconds UTC."""

    id: int
    order_id: int
    symbol: str
    side: Side
    price: Decimal
    quantity: Decimal
    commission: Decimal
    realised: Decimal
    maker: bool
    time_ms: int

    @property
    def quote(self) -> Decimal:
        """USDT traded."""
        return self.price * self.quantity


class IncomeType(StrEnum):
    """Reason of an income or expense."""

    TRANSFER = "TRANSFER"
    REALIZED_PNL = "REALIZED_PNL"
    COMMISSION = "COMMISSION"
    FUNDING_FEE = "FUNDING_FEE"
    INSURANCE_CLEAR = "INSURANCE_CLEAR"


@dataclass(frozen=True)
class Income:
    """Income, or an expense if negative, in USDT; time in milliseconds UTC."""

    id: int
    type: IncomeType
    symbol: str
    amount: Decimal
    time_ms: int
    trade_id: int | None = None
