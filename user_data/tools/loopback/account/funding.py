"""Funding: what longs and shorts pay each other every eight hours."""

from decimal import Decimal

import numpy as np

from loopback.account.ledger import IncomeType
from loopback.account.quotes import Quotes
from loopback.account.state import Account, money
from loopback.market.source import Market


def next_due(market: Market, symbol: str, after_ms: int) -> int | None:
    """Return when a contract's next funding after a moment is due, both in milliseconds UTC, or None."""
    times = market.funding(symbol).time_ms
    row = int(np.searchsorted(times, after_ms, "right"))
    return int(times[row]) if row < len(times) else None


def settle_funding(market: Market, account: Account, quotes: Quotes, symbol: str) -> None:
    """Pay or receive a contract's funding that is due now."""
    funding = market.funding(symbol)
    row = int(np.searchsorted(funding.time_ms, quotes.now_ms))
    pay_funding(account, quotes, symbol, Decimal(f"{funding.rate[row]:.8f}"))


def pay_funding(account: Account, quotes: Quotes, symbol: str, rate: Decimal) -> None:
    """Pay or receive a contract's funding at a rate now.

    An isolated position pays from its own margin, a crossed one from the wallet.
    """
    position = account.position(symbol)
    amount = money(-position.amount * quotes.mark(symbol) * rate)
    account.pay(IncomeType.FUNDING_FEE, symbol, amount, quotes.now_ms)
    if position.is_isolated:
        position.margin += amount
    position.update_ms = quotes.now_ms
