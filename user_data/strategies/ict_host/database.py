"""Freqtrade's database before a bot trusts it: whether it can be written, and whose trades it holds."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from freqtrade.persistence import KeyValueStore, Order, Trade
from sqlalchemy import URL, make_url, select
from sqlalchemy.exc import ArgumentError

# Freqtrade types the names of its own entries alone.
MARKET_KEY: Any = "ict_market"
# Freqtrade's ids of simulated orders begin like this.
SIMULATED = "dry_run_"
LOCK_SECONDS = 10.0
# Locks that this process holds, by file; SQLite's own, so they end with the process, even after kill -9.
_held: dict[Path, sqlite3.Connection] = {}


def write_fault(db_url: str) -> str | None:
    """Say why a database file can't be written; None where it can, or is none.

    Freqtrade would end in a traceback, or lose the trade of an order that has just filled.
    """
    url = _sqlite(db_url)
    if url is None:
        return None
    folder = Path(str(url.database)).parent
    try:
        if not (_is_address(url) or Path(str(url.database)).exists()):
            return None if os.access(folder, os.W_OK) else _fault(db_url, f"no such folder: {folder}")
        # All at once, and nothing stays.
        with closing(_connected(url)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("PRAGMA user_version = 1")
            connection.execute("ROLLBACK")
    except (sqlite3.Error, OSError) as error:
        return _fault(db_url, str(error))
    return None


def _fault(db_url: str, reason: str) -> str:
    return f"db_url must be a database that can be written, {db_url} can't: {reason}"


def _sqlite(db_url: str) -> URL | None:
    """Take a database in a file apart; None for one in memory or on a server."""
    try:
        url = make_url(db_url)
    except ArgumentError:
        return None
    in_file = url.get_backend_name() == "sqlite" and url.database and not url.database.startswith(":")
    return url if in_file else None


def _is_address(url: URL) -> bool:
    return str(url.database).startswith("file:")


def _connected(url: URL) -> sqlite3.Connection:
    place = str(url.database)
    if _is_address(url):
        place += "?" + "&".join(f"{name}={value}" for name, value in url.query.items() if name != "uri")
    return sqlite3.connect(place, timeout=LOCK_SECONDS, isolation_level=None, uri=_is_address(url))


def use_fault(db_url: str, *, takes: bool = True) -> str | None:
    """Say that another bot uses a database file; where none does, it is this process's until that ends.

    Two bots on one database would count, and close, each other's trades. A look alone (not `takes`) leaves
    the database to whoever starts.
    """
    url = _sqlite(db_url)
    if url is None or _is_address(url):
        return None
    # Beside the database, which must stay free for those who read it.
    lock = Path(f"{Path(str(url.database)).resolve()}.lock")
    if lock in _held or not (takes or lock.exists()):
        return None
    try:
        connection = _locked(lock)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            return _fault(db_url, str(error))
        return f"db_url {db_url} is in use by another bot: stop that one, or give each bot its own"
    if takes:
        _held[lock] = connection
    else:
        connection.close()
    return None


def _locked(lock: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(lock, timeout=0.0, isolation_level=None, check_same_thread=False)
    try:
        # No journal beside it, which a process that is killed would leave.
        connection.execute("PRAGMA journal_mode=MEMORY")
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError:
        connection.close()
        raise
    return connection


def market_fault(db_url: str, market: str, *, simulated: bool) -> str | None:
    """Say that the book holds another market's trades.

    Parameters
    ----------
    db_url : str
        Where it is, for the sentence.
    market : str
        Which market it must be of.
    simulated : bool
        Whether orders are simulated.
    """
    of = KeyValueStore.get_string_value(MARKET_KEY)
    if Trade.session.scalars(select(Trade.id).limit(1)).first() is not None:
        if of not in (None, market):
            return f"db_url {db_url} holds the trades of {of}, not of {market}: give each market its own"
        if of is None and _holds_simulated() != simulated:
            kind = "real" if simulated else "simulated"
            return f"db_url {db_url} holds trades with {kind} orders: give each market its own"
    return None


def claim_book(market: str) -> None:
    """Have the book be a market's from now on."""
    if KeyValueStore.get_string_value(MARKET_KEY) != market:
        KeyValueStore.store_value(MARKET_KEY, market)


def _holds_simulated() -> bool:
    known = select(Order.id).where(Order.order_id.startswith(SIMULATED, autoescape=True)).limit(1)
    return Order.session.scalars(known).first() is not None
