"""Exchange and book compared before a start, for ``ict_host.check``: reported, and nothing is changed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from freqtrade.persistence import Trade, init_db

from ict.desk.reconcile import Finding, Policy, reconcile
from ict.desk.safety import market_of
from ict_host.database import market_fault
from ict_host.seams.access import addresses_of
from ict_host.snapshot import booked, held_on

_SQLITE = "sqlite:///"


def differences(exchange: Any, config: Mapping[str, Any]) -> list[str]:
    """Return the differences between the exchange and the book, a sentence each.

    Parameters
    ----------
    exchange
        Freqtrade's exchange.
    config : Mapping
        Freqtrade's configuration.

    Raises
    ------
    FreqtradeException
        If the exchange can't be asked.
    """
    book = booked(Trade.get_open_trades()) if _has_book(config["db_url"]) else []
    pairs = config["exchange"].get("pair_whitelist", [])
    held = held_on(exchange, {*pairs, *(trade.pair for trade in book)})
    return [_sentence(found) for found in reconcile(held, book, Policy("off", pairs=pairs))]


def book_fault(exchange: Any, config: Mapping[str, Any]) -> str | None:
    """Return a sentence where the book belongs to another market, as the start does.

    Parameters
    ----------
    exchange, config
        As of `differences`.
    """
    url, simulated = config["db_url"], config["dry_run"]
    if not _has_book(url):
        return None
    return market_fault(url, market_of(addresses_of(exchange)[0], config), simulated=simulated)


def _has_book(url: str) -> bool:
    """Open the book if it exists: a check must not create it."""
    if url.startswith(_SQLITE) and not Path(url.removeprefix(_SQLITE)).is_file():
        return False
    init_db(url)
    return True


def _sentence(found: Finding) -> str:
    place, kind = found.pair or "the account", found.kind.replace("_", " ")
    sizes = f"the exchange holds {found.held:g}, the book {found.booked:g}"
    return f"exchange and book differ on {place}: {kind}, {sizes}"
