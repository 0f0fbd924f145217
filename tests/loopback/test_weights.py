"""Request weights, order counts and bans on a clock that stands still."""

import pytest

from loopback.clock import FixedClock
from loopback.errors import BinanceError
from loopback.settings import Settings
from loopback.weights import BAN_MS, Limits, weight_of
from tests.loopback.conftest import START_MS

TIME = ("GET", "/fapi/v1/time", {})
ORDER = ("POST", "/fapi/v1/order", {})


def status_of(limits: Limits, asked: tuple[str, str, dict[str, str]]) -> tuple[int, int]:
    """Return HTTP status and code of a request."""
    try:
        limits.admit(*asked)
    except BinanceError as refused:
        return refused.status, refused.code
    return 200, 0


@pytest.mark.parametrize(("method", "path", "sent", "weight"), [
    ("GET", "/fapi/v1/klines", {"limit": "99"}, 1), ("GET", "/fapi/v1/klines", {"limit": "499"}, 2),
    ("GET", "/fapi/v1/klines", {}, 5), ("GET", "/fapi/v1/klines", {"limit": "1500"}, 10),
    ("GET", "/fapi/v1/depth", {"limit": "5"}, 2), ("GET", "/fapi/v1/ticker/24hr", {}, 40),
    ("GET", "/fapi/v1/ticker/24hr", {"symbol": "BTCUSDT"}, 1), ("GET", "/fapi/v3/account", {}, 5),
    ("GET", "/fapi/v1/income", {}, 30), ("POST", "/fapi/v1/order", {}, 0),
    ("DELETE", "/fapi/v1/order", {}, 1), ("GET", "/fapi/v1/algoOrder", {}, 1),
])  # fmt: skip
def test_weights_are_binances(method: str, path: str, sent: dict[str, str], weight: int) -> None:
    assert weight_of(method, path, sent) == weight


def test_too_much_weight_is_refused_until_the_minute_is_over() -> None:
    clock = FixedClock(START_MS)
    limits = Limits(Settings(weight_limit=3), clock)
    assert [status_of(limits, TIME) for _ in range(4)] == [(200, 0)] * 3 + [(429, -1003)]
    assert limits.retry_after_seconds() == 60
    clock.move_to(START_MS + 60_000)
    assert status_of(limits, TIME) == (200, 0)


def test_client_that_goes_on_is_banned_for_a_while() -> None:
    clock = FixedClock(START_MS)
    limits = Limits(Settings(weight_limit=0), clock)
    statuses = [status_of(limits, TIME)[0] for _ in range(30)]
    assert statuses == [429] * 21 + [418] * 9
    clock.move_to(START_MS + BAN_MS - 1)
    assert status_of(limits, ORDER)[0] == 418
    clock.move_to(START_MS + BAN_MS)
    assert status_of(limits, ORDER)[0] == 200  # a new order weighs nothing


@pytest.mark.parametrize(("ten", "minute", "left"), [(2, 9, (0, 10_000)), (9, 2, (0, 60_000))])
def test_too_many_orders_are_refused_until_the_period_is_over(
    ten: int, minute: int, left: tuple[int, int]
) -> None:
    clock = FixedClock(START_MS)
    limits = Limits(Settings(order_limit_10s=ten, order_limit_1m=minute), clock)
    assert [status_of(limits, ORDER) for _ in range(3)] == [(200, 0), (200, 0), (429, -1015)]
    clock.move_to(START_MS + left[1])
    assert status_of(limits, ORDER) == (200, 0)
