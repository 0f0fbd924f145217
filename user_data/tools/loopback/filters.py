"""A contract's filters: prices and quantities that an order may have."""

from decimal import Decimal

from loopback import errors
from loopback.account.orders import Side
from loopback.symbols import SymbolSpec

# As exchangeInfo states them in PERCENT_PRICE and MAX_NUM_ORDERS.
MULTIPLIER_UP, MULTIPLIER_DOWN = Decimal("1.05"), Decimal("0.95")
MAX_ORDERS = 200


def check_quantity(spec: SymbolSpec, quantity: Decimal, at_market: bool) -> None:
    """Require a quantity (base coin) on the contract's grid and within its limits; -1111, -4003 to -4005."""
    if _digits(quantity) > spec.quantity_precision:
        raise errors.too_precise()
    if quantity <= 0:
        raise errors.filtered(-4003, "Quantity less than or equal to zero.")
    if quantity < spec.step:
        raise errors.filtered(-4004, "Quantity less than min quantity.")
    if quantity > (spec.max_market_quantity if at_market else spec.max_quantity):
        raise errors.filtered(-4005, "Quantity greater than max quantity.")
    if quantity % spec.step:
        raise errors.filtered(-4023, "Quantity not increased by step size.")


def check_price(spec: SymbolSpec, price: Decimal) -> None:
    """Require a price (USDT) on the contract's grid and within its limits; -1111, -4001 and others."""
    if _digits(price) > spec.price_precision:
        raise errors.too_precise()
    if price <= 0:
        raise errors.filtered(-4001, "Price less than 0.")
    if price > spec.max_price:
        raise errors.filtered(-4002, "Price greater than max price.")
    if price < spec.min_price:
        raise errors.filtered(-4013, "Price less than min price.")
    if price % spec.tick:
        raise errors.filtered(-4014, "Price not increased by tick size.")


def check_notional(spec: SymbolSpec, notional: Decimal) -> None:
    """Require an order to be worth enough (USDT), or raise -4164."""
    if notional < spec.min_notional:
        raise errors.notional_too_small(spec.min_notional)


def check_limit(spec: SymbolSpec, side: Side, price: Decimal, mark: Decimal) -> None:
    """Require a limit not too far beyond the mark price (both USDT); -4016 for purchases, -4024 for sales."""
    highest, lowest = mark * MULTIPLIER_UP, mark * MULTIPLIER_DOWN
    if side is Side.BUY and price > highest:
        text = spec.price_text(spec.to_tick(highest))
        raise errors.filtered(-4016, f"Limit price can't be higher than {text}.")
    if side is Side.SELL and price < lowest:
        text = spec.price_text(spec.to_tick(lowest))
        raise errors.filtered(-4024, f"Limit price can't be lower than {text}.")


def check_best(side: Side, best: Decimal, mark: Decimal) -> None:
    """Require the book not too far from the mark price (both USDT) for an order at market, or raise -4131."""
    far = best > mark * MULTIPLIER_UP if side is Side.BUY else best < mark * MULTIPLIER_DOWN
    if far:
        text = "The counterparty's best price does not meet the PERCENT_PRICE filter limit."
        raise errors.filtered(-4131, text)


def check_stop_limit(side: Side, price: Decimal, trigger: Decimal) -> None:
    """Require a conditional order's limit not too far beyond its trigger (both USDT); -4183, -4184."""
    if side is Side.BUY and price > trigger * MULTIPLIER_UP:
        raise errors.filtered(-4183, "Price is higher than stop price multiplier cap.")
    if side is Side.SELL and price < trigger * MULTIPLIER_DOWN:
        raise errors.filtered(-4184, "Price is lower than stop price multiplier floor.")


def _digits(number: Decimal) -> int:
    """Count the significant decimals."""
    exponent = number.normalize().as_tuple().exponent
    assert isinstance(exponent, int)
    return max(0, -exponent)
