"""The contracts that this exchange can list: precisions, order limits and leverage brackets.

The values are close to those that Binance publishes (exchangeInfo and leverageBracket); they are for tests of
order handling, not a copy of today's rules.
"""

import re
from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Decimal

QUOTE = "USDT"
# Contracts of no real coin, as many as requested: COIN1, COIN2, ...
_NUMBERED = re.compile(rf"COIN[1-9]\d*{QUOTE}")


@dataclass(frozen=True)
class Bracket:
    """One leverage bracket.

    `notional_floor`, `notional_cap` and `maintenance_amount` are in USDT, `maintenance_ratio` is a fraction
    of the notional.
    """

    leverage: int
    notional_floor: Decimal
    notional_cap: Decimal
    maintenance_ratio: Decimal
    maintenance_amount: Decimal


def brackets(*tiers: tuple[int, int, str]) -> tuple[Bracket, ...]:
    """Build a contract's brackets from (leverage, notional cap in USDT, maintenance ratio), lowest first.

    The maintenance amount follows from the tiers: it keeps the margin continuous where two brackets meet.
    """
    result: list[Bracket] = []
    floor, ratio, amount = Decimal(0), Decimal(0), Decimal(0)
    for leverage, cap, next_ratio in tiers:
        amount += floor * (Decimal(next_ratio) - ratio)
        ratio = Decimal(next_ratio)
        result.append(Bracket(leverage, floor, Decimal(cap), ratio, amount))
        floor = Decimal(cap)
    return tuple(result)


@dataclass(frozen=True)
class SymbolSpec:
    """One USDT-margined perpetual contract.

    Prices and `min_notional` are in USDT, quantities in the base coin; `tick` and `step` are the grids of
    price and quantity. `price_precision` counts the digits Binance prints, which may be more than the tick
    needs.
    """

    base: str
    price_precision: int
    tick: Decimal
    min_price: Decimal
    max_price: Decimal
    quantity_precision: int
    step: Decimal
    max_quantity: Decimal
    max_market_quantity: Decimal
    min_notional: Decimal
    brackets: tuple[Bracket, ...]

    @property
    def symbol(self) -> str:
        """Binance's name, such as ``BTCUSDT``."""
        return f"{self.base}{QUOTE}"

    @property
    def pair(self) -> str:
        """Freqtrade's name, such as ``BTC/USDT:USDT``."""
        return f"{self.base}/{QUOTE}:{QUOTE}"

    def to_tick(self, price: float | Decimal) -> Decimal:
        """Return the price on the grid that is nearest to `price` (USDT)."""
        ticks = (Decimal(str(price)) / self.tick).quantize(Decimal(1), ROUND_HALF_EVEN)
        return ticks * self.tick

    def to_step(self, quantity: float | Decimal) -> Decimal:
        """Return the largest quantity on the grid that is not above `quantity` (base coin)."""
        return (Decimal(str(quantity)) / self.step).quantize(Decimal(1), ROUND_FLOOR) * self.step

    def price_text(self, price: float | Decimal) -> str:
        """Print a price (USDT) with the contract's digits."""
        return f"{price:.{self.price_precision}f}"

    def quantity_text(self, quantity: float | Decimal) -> str:
        """Print a quantity (base coin) with the contract's digits."""
        return f"{quantity:.{self.quantity_precision}f}"

    def quote_text(self, amount: float | Decimal) -> str:
        """Print an amount of USDT as the product of a price and a quantity."""
        return f"{amount:.{self.price_precision + self.quantity_precision}f}"


def _spec(
    base: str,
    price: tuple[int, str, str, str],
    quantity: tuple[int, str, str, str],
    min_notional: str,
    tiers: tuple[Bracket, ...],
) -> SymbolSpec:
    """Read a row of the table below.

    `price` is (digits, tick, lowest, highest), `quantity` is (digits, step, highest, highest at market).
    """
    price_precision, *price_rest = price
    quantity_precision, *quantity_rest = quantity
    tick, min_price, max_price = map(Decimal, price_rest)
    step, max_quantity, max_market = map(Decimal, quantity_rest)
    return SymbolSpec(
        base, price_precision, tick, min_price, max_price,
        quantity_precision, step, max_quantity, max_market, Decimal(min_notional), tiers,
    )  # fmt: skip


_MAJOR = brackets(
    (125, 50_000, "0.004"), (100, 600_000, "0.005"), (75, 3_000_000, "0.0065"), (50, 12_000_000, "0.01"),
    (25, 70_000_000, "0.02"), (20, 100_000_000, "0.025"), (10, 230_000_000, "0.05"), (5, 480_000_000, "0.1"),
    (4, 600_000_000, "0.125"), (3, 800_000_000, "0.15"), (2, 1_200_000_000, "0.25"),
    (1, 1_800_000_000, "0.5"),
)  # fmt: skip
_MINOR = brackets(
    (75, 10_000, "0.0065"), (50, 80_000, "0.01"), (25, 800_000, "0.02"), (20, 1_600_000, "0.025"),
    (10, 4_000_000, "0.05"), (5, 8_000_000, "0.1"), (4, 10_000_000, "0.125"), (2, 20_000_000, "0.25"),
    (1, 30_000_000, "0.5"),
)  # fmt: skip


class _Specs(dict[str, SymbolSpec]):
    """The contracts of the table, and the numbered ones, which are found without being listed."""

    def __missing__(self, symbol: str) -> SymbolSpec:
        if is_numbered(symbol):
            return replace(self["LINKUSDT"], base=symbol.removesuffix(QUOTE))
        raise KeyError(symbol)


SPECS = _Specs(
    (spec.symbol, spec)
    for spec in (
        _spec("BTC", (2, "0.10", "556.80", "4529764"), (3, "0.001", "1000", "120"), "100", _MAJOR),
        _spec("ETH", (2, "0.01", "39.86", "306177"), (3, "0.001", "10000", "2000"), "20", _MAJOR),
        _spec("LTC", (2, "0.01", "3.61", "100000"), (3, "0.001", "10000", "5000"), "20", _MINOR),
        _spec("SOL", (4, "0.0100", "0.4200", "6857"), (2, "0.01", "1000000", "80000"), "5", _MAJOR),
        _spec("BNB", (3, "0.010", "6.600", "100000"), (2, "0.01", "100000", "2000"), "5", _MINOR),
        _spec("XRP", (4, "0.0001", "0.0143", "100000"), (1, "0.1", "10000000", "2000000"), "5", _MINOR),
        # More, for bots with many pairs. The last three are what a pairlist should leave out: a stable coin,
        # one that hardly trades, and one with a coarse tick.
        _spec("ADA", (4, "0.0001", "0.0100", "1000"), (0, "1", "10000000", "1000000"), "5", _MINOR),
        _spec("LINK", (3, "0.001", "0.100", "10000"), (2, "0.01", "1000000", "100000"), "5", _MINOR),
        _spec("AVAX", (3, "0.001", "0.100", "10000"), (0, "1", "1000000", "100000"), "5", _MINOR),
        _spec("DOT", (3, "0.001", "0.100", "10000"), (1, "0.1", "1000000", "100000"), "5", _MINOR),
        _spec("TRX", (5, "0.00001", "0.00100", "100"), (0, "1", "10000000", "5000000"), "5", _MINOR),
        _spec("ATOM", (3, "0.001", "0.100", "10000"), (2, "0.01", "1000000", "100000"), "5", _MINOR),
        _spec("UNI", (3, "0.001", "0.100", "10000"), (0, "1", "1000000", "100000"), "5", _MINOR),
        _spec("APT", (4, "0.0010", "0.1000", "10000"), (1, "0.1", "1000000", "100000"), "5", _MINOR),
        _spec("ARB", (4, "0.0001", "0.0100", "1000"), (1, "0.1", "10000000", "1000000"), "5", _MINOR),
        _spec("NEAR", (4, "0.0001", "0.0100", "1000"), (0, "1", "1000000", "500000"), "5", _MINOR),
        _spec("FIL", (3, "0.001", "0.100", "10000"), (1, "0.1", "1000000", "100000"), "5", _MINOR),
        _spec("SUI", (4, "0.0001", "0.0100", "1000"), (1, "0.1", "10000000", "1000000"), "5", _MINOR),
        _spec("AAVE", (2, "0.01", "1.00", "100000"), (1, "0.1", "100000", "5000"), "5", _MINOR),
        _spec("1000PEPE", (7, "0.0000001", "0.00001", "10"), (0, "1", "50000000", "5000000"), "5", _MINOR),
        _spec("USDC", (6, "0.000001", "0.100000", "10"), (0, "1", "10000000", "1000000"), "5", _MINOR),
        _spec("ONT", (4, "0.0001", "0.0100", "1000"), (1, "0.1", "10000000", "500000"), "5", _MINOR),
        _spec("BLUR", (4, "0.0001", "0.0010", "100"), (0, "1", "10000000", "1000000"), "5", _MINOR),
    )
)


def is_numbered(symbol: str) -> bool:
    """Whether a contract is one of no real coin, such as ``COIN7USDT``."""
    return bool(_NUMBERED.fullmatch(symbol))


def first_symbols(count: int) -> tuple[str, ...]:
    """Return so many contracts: those of the table, then numbered ones of no real coin."""
    numbered = (f"COIN{number}{QUOTE}" for number in range(1, count - len(SPECS) + 1))
    return (*SPECS, *numbered)[:count]


def spec_of_pair(pair: str) -> SymbolSpec:
    """Return the contract with Freqtrade's name `pair`.

    Raises
    ------
    ValueError
        If this exchange does not know the pair.
    """
    symbol = pair.partition("/")[0] + QUOTE
    if (symbol in SPECS or is_numbered(symbol)) and SPECS[symbol].pair == pair:
        return SPECS[symbol]
    known = ", ".join(spec.pair for spec in SPECS.values())
    raise ValueError(f"pair must be one of {known}, was {pair}")
