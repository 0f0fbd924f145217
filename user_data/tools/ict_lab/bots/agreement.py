"""What has to agree whenever nothing is under way: the exchange, the bot's book, and the words on Discord."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from loopback.symbols import SPECS

Row = dict[str, Any]
# Freqtrade works out fees from rates, the exchange from each fill.
TOLERANCE_USDT = 0.01
# Both add up the same payments of funding.
FUNDING_TOLERANCE_USDT = 1e-6
FUNDING = "FUNDING_FEE"
# What an order is while it is in the exchange's book.
RESTING = ("NEW", "PARTIALLY_FILLED")
# Money that no trade brought.
_NO_TRADES = ("TRANSFER",)
PAIRS = {spec.pair: symbol for symbol, spec in SPECS.items()}


@dataclass(frozen=True)
class Books:
    """Both sides at one moment.

    Attributes
    ----------
    state
        The exchange's account, as `Operator.state` has it.
    trades, orders
        Rows of the bot's tables.
    """

    state: Row
    trades: list[Row]
    orders: list[Row]

    @property
    def open_trades(self) -> list[Row]:
        """The bot's open trades."""
        return [trade for trade in self.trades if trade["is_open"]]

    @property
    def waiting_stops(self) -> list[Row]:
        """Conditional orders that wait on the exchange."""
        return [row for row in self.state["algo_orders"] if row["algoStatus"] == "NEW"]


def disagreements(books: Books) -> list[str]:
    """Say what is lost, doubled or orphaned, a sentence each; none where both sides agree."""
    return [*_positions(books), *_stops(books), *_orders(books), *_resting(books), *_money(books)]


def _positions(books: Books) -> Iterable[str]:
    held = {row["symbol"]: float(row["positionAmt"]) for row in books.state["positions"]}
    booked: Counter[str] = Counter()
    for trade in books.open_trades:
        booked[PAIRS[trade["pair"]]] += -trade["amount"] if trade["is_short"] else trade["amount"]
    for symbol in sorted({*held, *booked}):
        there, here = held.get(symbol, 0.0), booked[symbol]
        if abs(there - here) > 1e-9:
            yield f"{symbol}: the exchange holds {there:g}, the bot's book says {here:g}"


def _stops(books: Books) -> Iterable[str]:
    held = {row["symbol"]: abs(float(row["positionAmt"])) for row in books.state["positions"]}
    stops = books.waiting_stops
    count = Counter(row["symbol"] for row in stops)
    for symbol in sorted({*held, *count}):
        if count[symbol] != (symbol in held):
            yield f"{symbol}: {count[symbol]} stops wait for {int(symbol in held)} position"
    for row in stops:
        if row["symbol"] in held and float(row["quantity"]) != held[row["symbol"]]:
            yield f"{row['symbol']}: the stop is for {row['quantity']} of {held[row['symbol']]:g}"


def _orders(books: Books) -> Iterable[str]:
    """Each filled order is in the book once, as itself or as what a stop became."""
    by_stop = {row["actualOrderId"]: str(row["algoId"]) for row in books.state["algo_orders"]}
    booked = Counter(row["order_id"] for row in books.orders)
    for row in books.state["orders"]:
        if float(row["executedQty"]) == 0:
            continue
        number = str(row["orderId"])
        times = booked[number] + booked.get(by_stop.get(number, ""), 0)
        if times != 1:
            yield f"{row['symbol']}: the filled order {number} is {times} times in the bot's book"


def _resting(books: Books) -> Iterable[str]:
    """Each entry that rests is open in the book, and each that is open there rests."""
    rests = {
        str(row["orderId"])
        for row in books.state["orders"]
        if row.get("type") == "LIMIT" and not row["reduceOnly"] and row["status"] in RESTING
    }
    booked = {
        row["order_id"] for row in books.orders if row.get("order_type") == "limit" and row["ft_is_open"]
    }
    for number in sorted(rests ^ booked):
        where = "on the exchange" if number in rests else "in the bot's book"
        yield f"entry {number} rests {where} alone"


def _money(books: Books) -> Iterable[str]:
    closed = [trade for trade in books.trades if not trade["is_open"]]
    gap = realised_usdt(books) - sum(trade["close_profit_abs"] for trade in closed)
    if abs(gap) > TOLERANCE_USDT * max(1, len(books.trades)):
        yield f"the exchange paid {gap:+.4f} USDT more for the closed trades than the bot's book says"
    paid = sum(float(row["income"]) for row in _realised(books) if row["incomeType"] == FUNDING)
    gap = paid - sum(trade["funding_fees"] or 0.0 for trade in closed)
    if abs(gap) > FUNDING_TOLERANCE_USDT:
        yield f"the exchange paid {gap:+.6f} USDT more in funding than the bot's book says"


def realised_usdt(books: Books) -> float:
    """Return what the exchange has paid for everything but the trades that are open."""
    return sum(float(row["income"]) for row in _realised(books))


def _realised(books: Books) -> Iterable[Row]:
    since = {PAIRS[trade["pair"]]: _first_fill_ms(books, trade) for trade in books.open_trades}
    for row in books.state["income"]:
        is_of_trade = row["incomeType"] not in _NO_TRADES
        if is_of_trade and not row["time"] >= since.get(row["symbol"], float("inf")):
            yield row


def _first_fill_ms(books: Books, trade: Row) -> float:
    ids = {row["order_id"] for row in books.orders if row["ft_trade_id"] == trade["id"]}
    times = [row["time"] for row in books.state["orders"] if str(row["orderId"]) in ids]
    return float(min(times, default=float("inf")))


def unreported(trades: list[Row], messages: list[str]) -> list[str]:
    """List the entries and exits that were not reported exactly once."""
    closed = sum(not trade["is_open"] for trade in trades)
    counts = {"Position opened": len(trades), "Position closed": closed}
    found = {words: sum(words in text for text in messages) for words in counts}
    return [
        f"{words}: reported {found[words]} times, must be {wanted}"
        for words, wanted in counts.items()
        if found[words] != wanted
    ]


def over_the_cap(trades: list[Row], cap: int) -> list[str]:
    """Say on which UTC days there were more entries than allowed."""
    days = Counter(trade["open_date"][:10] for trade in trades)
    return [f"{day}: {count} entries, {cap} are allowed" for day, count in days.items() if count > cap]
