"""One contract's position and settings."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from loopback.account.orders import ZERO

DEFAULT_LEVERAGE = 20


class MarginType(StrEnum):
    """What backs a position: its own margin, or the whole wallet."""

    ISOLATED = "ISOLATED"
    CROSSED = "CROSSED"


@dataclass
class Position:
    """A one-way position; `amount` in the base coin is negative when short, money is in USDT.

    `margin` is an isolated position's margin without profits and losses; `costs` are the fees paid since the
    position was opened, for the break-even price.
    """

    symbol: str
    leverage: int = DEFAULT_LEVERAGE
    margin_type: MarginType = MarginType.CROSSED
    amount: Decimal = ZERO
    entry: Decimal = ZERO
    margin: Decimal = ZERO
    costs: Decimal = ZERO
    update_ms: int = 0

    @property
    def is_open(self) -> bool:
        """Whether it is not empty."""
        return self.amount != 0

    @property
    def is_isolated(self) -> bool:
        """Whether its margin is isolated."""
        return self.margin_type is MarginType.ISOLATED

    def change_margin(self, margin_type: MarginType) -> None:
        """Change the margin type; an open position receives its initial margin, or returns it."""
        if margin_type is not self.margin_type:
            isolated = margin_type is MarginType.ISOLATED
            self.margin = abs(self.amount) * self.entry / self.leverage if isolated else ZERO
            self.margin_type = margin_type

    def profit(self, price: Decimal) -> Decimal:
        """Return its profit at a price (USDT)."""
        return self.amount * (price - self.entry)

    def reducible(self, sign: int) -> Decimal:
        """Return how much of it an order of that sign (1 buys, -1 sells) can close, in the base coin."""
        return abs(self.amount) if self.amount * sign < 0 else ZERO

    def trade(self, change: Decimal, price: Decimal) -> Decimal:
        """Change the amount at a price and return the profit made by what was closed (USDT).

        Parameters
        ----------
        change
            Base coin bought, or sold if negative.
        price
            Price of the trade in USDT.
        """
        closed = min(abs(change), abs(self.amount)) if change * self.amount < 0 else ZERO
        realised = ZERO
        if closed:
            sign = 1 if self.amount > 0 else -1
            realised = closed * (price - self.entry) * sign
            left = 1 - closed / abs(self.amount)
            self.margin *= left
            self.costs *= left
            self.amount -= sign * closed
        opened = abs(change) - closed
        if opened:
            self._open(opened if change > 0 else -opened, price)
        if not self.amount:
            self.entry = self.margin = self.costs = ZERO
        return realised

    def _open(self, change: Decimal, price: Decimal) -> None:
        total = self.amount + change
        self.entry = (self.amount * self.entry + change * price) / total
        self.amount = total
        if self.is_isolated:
            self.margin += abs(change) * price / self.leverage
