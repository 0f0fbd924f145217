"""Orders recorded in Freqtrade's own database before they are sent.

A process can be killed between an order and its place in the book, and an answer can get lost. The client
order id that is written down here lets the exchange be asked what became of it.
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from freqtrade.persistence import Order
from sqlalchemy import Column, Engine, Float, MetaData, String, Table, Text, insert, select, update

# Prefix of our client order ids; Binance allows 36 characters.
OWN_PREFIX = "ict-"
KEEP_DAYS = 90


class Purpose(StrEnum):
    """What an order is for."""

    ENTRY = "entry"
    EXIT = "exit"
    STOP = "stop"


class State(StrEnum):
    """State of an order: SENT until there is a clear answer; the others are answers."""

    SENT = "sent"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """An order as it was about to be sent.

    Attributes
    ----------
    purpose : Purpose
        Entry, exit or stop.
    pair, side : str
        Pair; ``buy`` or ``sell``.
    amount : float
        Base currency.
    price : float
        Expected price; a stop's trigger. Quote currency.
    leverage : float
        Leverage of the position.
    order_type : str
        Freqtrade's word, such as ``market``.
    tag : str
        The entry's tag.
    plan : dict
        What the strategy needs to know later about an entry, such as its stop.
    client_id : str
        Id by which the exchange can be asked.
    order_id : str
        The exchange's id; empty before an answer.
    state : State
        What is known.
    sent_at : datetime
        Timezone-aware.
    """

    purpose: Purpose
    pair: str
    side: str
    amount: float
    price: float
    leverage: float = 1.0
    order_type: str = "market"
    tag: str = ""
    plan: dict[str, Any] = field(default_factory=dict)
    client_id: str = field(default_factory=lambda: OWN_PREFIX + secrets.token_hex(12))
    order_id: str = ""
    state: State = State.SENT
    sent_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def came_to_nothing(self, order: dict[str, Any]) -> bool:
        """Whether its order, as ccxt has it, ended unfilled."""
        return order.get("status") in ("canceled", "expired", "rejected") and not order.get("filled")


_METADATA = MetaData()
_TABLE = Table(
    "ict_intents",
    _METADATA,
    Column("client_id", String(36), primary_key=True),
    Column("purpose", String(10), nullable=False),
    Column("pair", String(50), nullable=False, index=True),
    Column("side", String(10), nullable=False),
    Column("amount", Float, nullable=False),
    Column("price", Float, nullable=False),
    Column("leverage", Float, nullable=False),
    Column("order_type", String(30), nullable=False),
    Column("tag", String(255), nullable=False),
    Column("plan", Text, nullable=False),
    Column("order_id", String(255), nullable=False, index=True),
    Column("state", String(10), nullable=False, index=True),
    Column("sent_at", String(40), nullable=False),
)


class Intents:
    """The table of intents, beside Freqtrade's own.

    Each call is a transaction of its own: Freqtrade's session is neither committed nor rolled back.

    Parameters
    ----------
    engine : Engine
        Freqtrade's database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        _METADATA.create_all(engine)
        oldest = (datetime.now(UTC) - timedelta(days=KEEP_DAYS)).isoformat()
        with self._engine.begin() as connection:
            connection.execute(_TABLE.delete().where(_TABLE.c.state != State.SENT, _TABLE.c.sent_at < oldest))

    def write(self, intent: Intent) -> None:
        """Record an intent."""
        row = asdict(intent) | {"plan": json.dumps(intent.plan), "sent_at": intent.sent_at.isoformat()}
        with self._engine.begin() as connection:
            connection.execute(insert(_TABLE).values(row))

    def answered(self, intent: Intent, state: State, order_id: str = "") -> None:
        """Record the outcome of an intent."""
        known = {"state": state} | ({"order_id": order_id} if order_id else {})
        with self._engine.begin() as connection:
            connection.execute(update(_TABLE).where(_TABLE.c.client_id == intent.client_id).values(known))

    def open(self) -> list[Intent]:
        """Return intents whose answer is not clear, and accepted ones that the book does not have yet."""
        return [
            intent
            for intent in self._where(_TABLE.c.state.in_([State.SENT, State.ACCEPTED]))
            if intent.state is State.SENT or not self._is_booked(intent)
        ]

    def newest_entry(self, pair: str, order_ids: Sequence[str] = ()) -> Intent | None:
        """Return the newest intent of an entry on a pair, or that of one of these orders."""
        entries = [_TABLE.c.purpose == Purpose.ENTRY, _TABLE.c.pair == pair]
        found = self._where(*entries, *([_TABLE.c.order_id.in_(order_ids)] if order_ids else []))
        return found[-1] if found else None

    def entries(self) -> list[Intent]:
        """Return intents of entries that were not refused, within the time that is kept, oldest first."""
        return self._where(_TABLE.c.purpose == Purpose.ENTRY, _TABLE.c.state != State.REFUSED)

    def _is_booked(self, intent: Intent) -> bool:
        if Order.order_by_id(intent.order_id, intent.pair) is None:
            return False
        self.answered(intent, State.SETTLED)
        return True

    def _where(self, *conditions: Any) -> list[Intent]:
        asked = select(_TABLE).where(*conditions).order_by(_TABLE.c.sent_at)
        with self._engine.connect() as connection:
            return [_intent(row._mapping) for row in connection.execute(asked)]


def _intent(row: Any) -> Intent:
    parsed = {
        "purpose": Purpose(row["purpose"]),
        "state": State(row["state"]),
        "plan": json.loads(row["plan"]),
        "sent_at": datetime.fromisoformat(row["sent_at"]),
    }
    return Intent(**{**row, **parsed})
