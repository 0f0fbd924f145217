"""Exits are priced while the order book can't be had; entries are not."""

from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock, call

import ccxt
import pytest
from freqtrade.exceptions import DependencyException, OperationalException, PricingError, TemporaryError
from ict_host.exit_prices import guard_exit_prices

from tests.strategy.support import BTC

BUSY = ccxt.ExchangeNotAvailable("503")
TICKER = {"bidPrice": "59990.0", "askPrice": "60010.0"}
MARK = {"markPrice": "60001.5"}
DOWN = TemporaryError("depth 503")


def answering(answer: Any) -> Mock:
    return Mock(side_effect=answer) if isinstance(answer, Exception) else Mock(return_value=answer)


class Exchange:
    """Freqtrade's exchange as its pricing goes: both sides ask for one book, then each for its rate."""

    def __init__(self, book: Any, ticker: Any = TICKER, mark: Any = MARK) -> None:
        self.book = book
        self._api = SimpleNamespace(
            market_id=lambda pair: "BTCUSDT",
            fapiPublicGetTickerBookTicker=answering(ticker),
            fapiPublicGetPremiumIndex=answering(mark),
        )
        guard_exit_prices(self)

    def get_rate(self, pair: str, refresh: bool, side: str, is_short: bool, order_book: Any = None) -> float:
        return float(answering(self.book)())

    def get_rates(self, pair: str, refresh: bool, is_short: bool) -> tuple[float, float]:
        entry = self.get_rate(pair, refresh, "entry", is_short, order_book={})
        return entry, self.get_rate(pair, refresh, "exit", is_short, order_book={})


@pytest.mark.parametrize(("given", "is_short", "price"), [
    ({"book": 60_000.0}, False, 60_000.0),
    ({"book": DOWN}, False, 59_990.0),
    ({"book": DOWN}, True, 60_010.0),
    ({"book": PricingError("empty")}, False, 59_990.0),
    *(
        ({"book": DOWN, "ticker": ticker}, True, 60_001.5)
        for ticker in (BUSY, {}, [], {"askPrice": None}, {"askPrice": "0"}, {"askPrice": "soon"})
    ),
])  # fmt: skip
def test_an_exit_has_a_price(given: dict[str, Any], is_short: bool, price: float) -> None:
    exchange = Exchange(**given)
    assert exchange.get_rate(BTC, refresh=True, side="exit", is_short=is_short) == price
    assert exchange.get_rates(BTC, True, is_short) == (price, price)
    for asked in (exchange._api.fapiPublicGetTickerBookTicker, exchange._api.fapiPublicGetPremiumIndex):
        assert all(one == call({"symbol": "BTCUSDT"}) for one in asked.mock_calls)


@pytest.mark.parametrize("mark", [BUSY, {}, {"markPrice": "0"}])
def test_without_any_price_it_is_the_books_error(mark: Any) -> None:
    exchange = Exchange(DOWN, BUSY, mark)
    with pytest.raises(TemporaryError, match="depth 503"):
        exchange.get_rate(BTC, refresh=True, side="exit", is_short=False)
    with pytest.raises(DependencyException, match="depth 503"):
        exchange.get_rates(BTC, True, False)


def test_neither_entries_nor_what_is_no_outage_are_priced() -> None:
    for book, side in ((DOWN, "entry"), (OperationalException("a bug"), "exit")):
        with pytest.raises(type(book), match=str(book)):
            Exchange(book).get_rate(BTC, refresh=True, side=side, is_short=False)
