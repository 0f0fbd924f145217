"""What must hold at the end: each trade booked once, reported once, with the exchange's own result."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from ict_lab.bots.agreement import Books, Row
from loopback.symbols import SPECS

# Freqtrade computes fees from rates, the exchange from each fill.
TOLERANCE_USDT = 0.02
_BY_OTHERS = ("web_", "autoclose-", "adl_autoclose")
# One stop at a scenario's settings costs more than its tight cap, and more than this.
CAPPED_USDT = -5.1


@dataclass
class Round:
    """A contract's fills from no position to none.

    Attributes
    ----------
    symbol
        The contract.
    orders
        Orders that were filled, in order.
    amount
        Position held now, in the base coin; 0 once closed.
    net
        Profit in USDT, less what a liquidation paid to the insurance fund.
    """

    symbol: str
    orders: list[int] = field(default_factory=list)
    amount: Decimal = Decimal(0)
    net: Decimal = Decimal(0)

    @property
    def is_over(self) -> bool:
        """Whether its position is closed."""
        return not self.amount


def rounds(state: Row, left_out: Collection[int] = ()) -> list[Round]:
    """Cut the account's fills into rounds, leaving out some orders.

    Parameters
    ----------
    state
        The exchange's account, from `Operator.state`.
    left_out
        Ids of orders.
    """
    fund = {
        (row["symbol"], row["time"]): Decimal(row["income"])
        for row in state.get("income", ())
        if row["incomeType"] == "INSURANCE_CLEAR"
    }
    found: list[Round] = []
    running: dict[str, Round] = {}
    for fill in state["trades"]:
        if fill["orderId"] in left_out:
            continue
        symbol = fill["symbol"]
        if symbol not in running:
            running[symbol] = Round(symbol)
            found.append(running[symbol])
        own = running[symbol]
        if fill["orderId"] not in own.orders:
            own.orders.append(fill["orderId"])
        own.amount += Decimal(fill["qty"]) * (1 if fill["side"] == "BUY" else -1)
        own.net += Decimal(fill["realizedPnl"]) - Decimal(fill["commission"])
        own.net += fund.pop((symbol, fill.get("time")), Decimal(0))
        if own.is_over:
            del running[symbol]
    return found


def doubled(state: Row, found: list[Round]) -> Iterator[str]:
    """Return the rounds in which the bot entered more than once, a sentence each."""
    orders = {row["orderId"]: row for row in state["orders"]}
    for own in found:
        rows = [orders[number] for number in own.orders]
        entries = [
            row for row in rows if not row["reduceOnly"] and not row["clientOrderId"].startswith(_BY_OTHERS)
        ]
        if len(entries) > 1:
            yield f"{own.symbol}: {len(entries)} entries into one position"


def foreign_orders(state: Row) -> Iterator[str]:
    """Return the resting orders that would close a position and are not the bot's own, a sentence each."""
    for row in state["orders"]:
        rests = row["status"] in ("NEW", "PARTIALLY_FILLED") and row["type"] == "LIMIT"
        if rests and row["reduceOnly"] and row["clientOrderId"].startswith(_BY_OTHERS):
            yield f"{row['symbol']}: order {row['orderId']} of somebody else rests"


def misreported(books: Books, found: list[Round], messages: list[str]) -> Iterator[str]:
    """Return closed trades that are not booked or reported once with the exchange's own result."""
    for symbol in dict.fromkeys(own.symbol for own in found):
        pair = SPECS[symbol].pair
        paid = [float(own.net) for own in found if own.symbol == symbol and own.is_over]
        booked = [
            row["close_profit_abs"] for row in books.trades if row["pair"] == pair and not row["is_open"]
        ]
        said = [_profit(text) for text in messages if text_is_of(text, "Position closed", pair)]
        for where, values in (("booked", booked), ("reported", said)):
            if len(values) != len(paid) or any(
                abs(one - other) > TOLERANCE_USDT for one, other in zip(values, paid, strict=True)
            ):
                yield f"{pair}: the exchange paid {_usdt(paid)}, {where} is {_usdt(values)}"
    opened = sum(text_is_of(text, "Position opened", "") for text in messages)
    if opened != len(books.trades):
        yield f"{len(books.trades)} trades, {opened} reports of an entry"


def uncapped(state: Row, found: list[Round]) -> Iterator[str]:
    """Return entries that were made after a loss beyond the tight cap, a sentence each."""
    times = {row["orderId"]: row["time"] for row in state["orders"]}
    for lost in found:
        if not lost.is_over or float(lost.net) > CAPPED_USDT:
            continue
        for later in found:
            if times[later.orders[0]] > times[lost.orders[-1]]:
                yield f"{later.symbol}: an entry after a loss of {lost.net:.2f} USDT, beyond the day's cap"


def secrets_in(folder: Path, secrets: Collection[str]) -> Iterator[str]:
    """Return the bot's files that contain a secret, a sentence each."""
    for file in sorted(folder.rglob("*")):
        if not file.is_file():
            continue
        text = file.read_bytes()
        for secret in secrets:
            if secret.encode() in text:
                yield f"a secret that begins with {secret[:4]} is in {file.relative_to(folder)}"


def text_is_of(text: str, title: str, pair: str) -> bool:
    """Whether a message has a title, and is about a pair."""
    return title in text and pair in text


def _profit(text: str) -> float:
    found = re.search(r"Profit: ([+-]?[\d,.]+)", text)
    return float(found[1].replace(",", "")) if found else float("nan")


def _usdt(values: Collection[float]) -> str:
    return " and ".join(f"{value:+.2f}" for value in values) or "nothing"
