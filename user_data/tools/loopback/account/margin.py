"""Margin of positions and orders, and liquidation prices, by Binance's published formulas."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from loopback.account.orders import ZERO, Order
from loopback.account.positions import Position
from loopback.account.state import Account
from loopback.symbols import SPECS, Bracket, SymbolSpec

MarkOf = Callable[[str], Decimal]


def bracket_of(spec: SymbolSpec, notional: Decimal) -> Bracket:
    """Return the leverage bracket of a notional (USDT); the last one for any above."""
    for bracket in spec.brackets:
        if notional <= bracket.notional_cap:
            return bracket
    return spec.brackets[-1]


def highest_notional(spec: SymbolSpec, leverage: int) -> Decimal:
    """Return the largest position (USDT) that a leverage allows."""
    return max(
        (bracket.notional_cap for bracket in spec.brackets if bracket.leverage >= leverage), default=ZERO
    )


def maintenance(spec: SymbolSpec, notional: Decimal) -> Decimal:
    """Return the maintenance margin (USDT) of a notional (USDT)."""
    bracket = bracket_of(spec, notional)
    return notional * bracket.maintenance_ratio - bracket.maintenance_amount


def order_margin(order: Order, position: Position) -> Decimal:
    """Return the margin of a resting order (USDT): of the part that would open, at its limit."""
    if order.reduce_only:
        return ZERO
    opening = max(order.left - position.reducible(order.side.sign), ZERO)
    return opening * order.price / position.leverage


@dataclass(frozen=True)
class Risk:
    """One position at a mark price; all in USDT."""

    position: Position
    mark: Decimal

    @property
    def notional(self) -> Decimal:
        """Value of the position, negative when short."""
        return self.position.amount * self.mark

    @property
    def profit(self) -> Decimal:
        """Unrealised profit."""
        return self.position.profit(self.mark)

    @property
    def initial(self) -> Decimal:
        """Initial margin."""
        return abs(self.notional) / self.position.leverage

    @property
    def maintenance(self) -> Decimal:
        """Maintenance margin."""
        return maintenance(SPECS[self.position.symbol], abs(self.notional))


@dataclass(frozen=True)
class Margins:
    """The account's margins at this moment; all in USDT."""

    wallet: Decimal
    cross_wallet: Decimal
    profit: Decimal
    cross_profit: Decimal
    positions_initial: Decimal
    orders_initial: Decimal
    maintenance: Decimal
    available: Decimal


def margins(account: Account, mark_of: MarkOf) -> Margins:
    """Add up the account.

    Parameters
    ----------
    account
        The account.
    mark_of
        Gives a contract's mark price in USDT.
    """
    risks = [Risk(position, mark_of(position.symbol)) for position in account.open_positions]
    crossed = [risk for risk in risks if not risk.position.is_isolated]
    held = sum((order_margin(order, account.position(order.symbol)) for order in account.open_orders()), ZERO)
    cross_profit = sum((risk.profit for risk in crossed), ZERO)
    cross_initial = sum((risk.initial for risk in crossed), ZERO)
    free = account.cross_wallet + cross_profit - cross_initial - held
    return Margins(
        wallet=account.wallet,
        cross_wallet=account.cross_wallet,
        profit=sum((risk.profit for risk in risks), ZERO),
        cross_profit=cross_profit,
        positions_initial=sum((risk.initial for risk in risks), ZERO),
        orders_initial=held,
        maintenance=sum((risk.maintenance for risk in risks), ZERO),
        available=max(free, ZERO),
    )


def liquidation_price(account: Account, position: Position, mark_of: MarkOf) -> Decimal:
    """Return the mark price (USDT) at which a position's margin is its maintenance margin; 0 if none is.

    Each bracket gives its own price; the right one lies in its own bracket.
    """
    spec = SPECS[position.symbol]
    backing = position.margin if position.is_isolated else _cross_backing(account, position, mark_of)
    sign = 1 if position.amount > 0 else -1
    size = abs(position.amount)
    for bracket in spec.brackets:
        price = (backing + bracket.maintenance_amount - sign * size * position.entry) / (
            size * (bracket.maintenance_ratio - sign)
        )
        if bracket.notional_floor < size * price <= bracket.notional_cap:
            return price
    return ZERO


def _cross_backing(account: Account, position: Position, mark_of: MarkOf) -> Decimal:
    """Return what the wallet can back one position with, after all others."""
    others = [other for other in account.open_positions if not other.is_isolated and other is not position]
    risks = [Risk(other, mark_of(other.symbol)) for other in others]
    return account.cross_wallet + sum((risk.profit - risk.maintenance for risk in risks), ZERO)
