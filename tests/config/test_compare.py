"""What `ict_host.check` says of exchange and book before a start."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from freqtrade.persistence import Trade, init_db
from ict_host import compare
from ict_host.database import claim_book

from ict.desk.reconcile import Held, Position
from tests.strategy.host import database, opened

PAIR = "BTC/USDT:USDT"


def says(held: Held, url: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the sentences about an exchange that holds something."""
    monkeypatch.setattr(compare, "held_on", lambda exchange, pairs: held)
    return compare.differences(object(), {"db_url": url, "exchange": {"pair_whitelist": [PAIR]}})


def test_a_position_that_nobody_booked_is_said_and_no_book_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "trades.sqlite"
    held = Held([Position(PAIR, -1, 0.016), Position("ETH/USDT:USDT", 1, 2.0)], [])
    assert says(held, f"sqlite:///{file}", monkeypatch) == [
        f"exchange and book differ on {PAIR}: position without trade, the exchange holds -0.016, the book 0"
    ]
    assert not file.exists()


def test_nothing_is_said_where_both_agree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert says(Held([], []), f"sqlite:///{tmp_path / 'trades.sqlite'}", monkeypatch) == []


def test_an_open_trade_whose_position_is_gone_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'trades.sqlite'}"
    init_db(url)
    trade = {"id": 1, "pair": PAIR, "trade_direction": "long", "amount": 0.016, "stop_loss": 59_520.0}
    booked = SimpleNamespace(**trade, open_sl_orders=[], open_orders=[])
    monkeypatch.setattr(Trade, "get_open_trades", lambda: [booked])
    (said,) = says(Held([], []), url, monkeypatch)
    assert (
        said
        == f"exchange and book differ on {PAIR}: trade without position, the exchange holds 0, the book 0.016"
    )


@pytest.mark.parametrize(
    ("simulated", "said"),
    [(False, None), (True, "holds the trades of orders at demo-fapi.binance.com, not of simulated orders")],
)
def test_another_markets_book_is_said_and_stays_its_own(
    simulated: bool, said: str | None, tmp_path: Path
) -> None:
    """As at the start, which the bot would refuse."""
    url = f"sqlite:///{tmp_path / 'trades.sqlite'}"
    api = {"fapiPrivate": "https://demo-fapi.binance.com/fapi/v1"}
    client = SimpleNamespace(urls={"api": api})
    exchange = SimpleNamespace(_api=client, _api_async=client)
    config = {"db_url": url, "dry_run": simulated}
    assert compare.book_fault(exchange, config) is None
    with database(url):
        claim_book("orders at demo-fapi.binance.com")
        opened()
        found = compare.book_fault(exchange, config)
    assert (said is None) == (found is None)
    assert said is None or said in str(found)
