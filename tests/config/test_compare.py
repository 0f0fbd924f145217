"""What `ict_host.check` says of exchange and book before a start."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from freqtrade.persistence import Trade, init_db
from ict_host import compare
from ict_host.database import claim_book

from ict.desk.reconcile import Held, Position
from tests.strategy.host import database, opened

PAIR = "BTC/USDT:USDT"


def says(held: Held, url: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(compare, "held_on", lambda exchange, pairs: held)
    return compare.differences(object(), {"db_url": url, "exchange": {"pair_whitelist": [PAIR]}})


def test_what_differs_is_said_and_no_book_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A position that nobody booked, and an open trade whose position is gone; nothing where both agree."""
    file, differ = tmp_path / "trades.sqlite", f"exchange and book differ on {PAIR}:"
    url = f"sqlite:///{file}"
    held = Held([Position(PAIR, -1, 0.016), Position("ETH/USDT:USDT", 1, 2.0)], [])
    said = f"{differ} position without trade, the exchange holds -0.016, the book 0"
    assert says(held, url, monkeypatch) == [said]
    assert says(Held([], []), url, monkeypatch) == []
    assert not file.exists()
    init_db(url)
    trade = {"id": 1, "pair": PAIR, "trade_direction": "long", "amount": 0.016, "stop_loss": 59_520.0}
    booked = SimpleNamespace(**trade, open_sl_orders=[], open_orders=[])
    monkeypatch.setattr(Trade, "get_open_trades", lambda: [booked])
    said = f"{differ} trade without position, the exchange holds 0, the book 0.016"
    assert says(Held([], []), url, monkeypatch) == [said]


@pytest.mark.parametrize(
    ("runs", "said"),
    [
        ({}, None),
        ({"dry_run": True}, "holds the trades of orders at demo-fapi.binance.com, not of simulated orders"),
        ({"ict_prices": "synthetic"}, "not of orders at demo-fapi.binance.com with synthetic prices"),
    ],
)
def test_another_markets_book_is_said_and_stays_its_own(
    runs: dict[str, Any], said: str | None, tmp_path: Path
) -> None:
    """As at the start, which the bot would refuse."""
    url = f"sqlite:///{tmp_path / 'trades.sqlite'}"
    api = {"fapiPrivate": "https://demo-fapi.binance.com/fapi/v1"}
    client = SimpleNamespace(urls={"api": api})
    exchange = SimpleNamespace(_api=client, _api_async=client)
    config = {"db_url": url, "dry_run": False} | runs
    assert compare.book_fault(exchange, config) is None
    with database(url):
        claim_book("orders at demo-fapi.binance.com")
        opened()
        found = compare.book_fault(exchange, config)
    assert (said is None) == (found is None)
    assert said is None or said in str(found)
