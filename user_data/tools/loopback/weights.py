"""How much a client may ask: request weight per address and minute, new orders per account, bans.

The weights are those of Binance's reference for each route; where one depends on the answer's length, the
steps are Binance's too.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from loopback import errors
from loopback.clock import Clock, WallClock
from loopback.settings import Settings

Asked = tuple[str, str]

_MINUTE_MS, _TEN_SECONDS_MS = 60_000, 10_000
# A client that continues after so many answers of 429 in one minute is banned for so long.
_PATIENCE = 20
BAN_MS = 120_000

_FIXED: dict[Asked, int] = {
    ("GET", "/fapi/v3/account"): 5, ("GET", "/fapi/v2/account"): 5, ("GET", "/fapi/v3/balance"): 5,
    ("GET", "/fapi/v2/balance"): 5, ("GET", "/fapi/v3/positionRisk"): 5, ("GET", "/fapi/v2/positionRisk"): 5,
    ("GET", "/fapi/v1/positionSide/dual"): 30, ("GET", "/fapi/v1/multiAssetsMargin"): 30,
    ("GET", "/fapi/v1/income"): 30, ("GET", "/fapi/v1/userTrades"): 5, ("GET", "/fapi/v1/allOrders"): 5,
    ("GET", "/fapi/v1/allAlgoOrders"): 5, ("GET", "/fapi/v1/commissionRate"): 20,
    ("GET", "/fapi/v1/accountConfig"): 5, ("GET", "/fapi/v1/symbolConfig"): 5,
    ("GET", "/fapi/v1/fundingRate"): 0, ("GET", "/fapi/v1/fundingInfo"): 0,
    ("POST", "/fapi/v1/order"): 0, ("POST", "/fapi/v1/algoOrder"): 0,
}  # fmt: skip
_ALL_SYMBOLS: dict[Asked, tuple[int, int]] = {
    ("GET", "/fapi/v1/openOrders"): (1, 40), ("GET", "/fapi/v1/openAlgoOrders"): (1, 40),
    ("GET", "/fapi/v1/ticker/24hr"): (1, 40), ("GET", "/fapi/v1/ticker/bookTicker"): (2, 5),
    ("GET", "/fapi/v1/ticker/price"): (1, 2), ("GET", "/fapi/v2/ticker/price"): (1, 2),
    ("GET", "/fapi/v1/premiumIndex"): (1, 10),
}  # fmt: skip
_BY_LIMIT: dict[str, tuple[int, tuple[tuple[int, int], ...]]] = {
    "/fapi/v1/klines": (500, ((99, 1), (499, 2), (1_000, 5), (1_500, 10))),
    "/fapi/v1/markPriceKlines": (500, ((99, 1), (499, 2), (1_000, 5), (1_500, 10))),
    "/fapi/v1/depth": (500, ((50, 2), (100, 5), (500, 10), (1_000, 20))),
}
ORDER_ROUTES = frozenset({("POST", "/fapi/v1/order"), ("POST", "/fapi/v1/algoOrder")})


def weight_of(method: str, path: str, sent: Mapping[str, str]) -> int:
    """Return a request's weight; 1 if nothing else is known of its route."""
    asked = (method, path)
    if asked in _ALL_SYMBOLS:
        return _ALL_SYMBOLS[asked]["symbol" not in sent]
    if path in _BY_LIMIT:
        default, steps = _BY_LIMIT[path]
        limit = int(sent["limit"]) if sent.get("limit", "").isdigit() else default
        return next((weight for most, weight in steps if limit <= most), 1)
    return _FIXED.get(asked, 1)


@dataclass
class _Counter:
    """What was used in the current period of `length_ms`."""

    length_ms: int
    period: int = 0
    used: int = 0

    def add(self, now_ms: int, amount: int) -> int:
        period = now_ms // self.length_ms
        if period != self.period:
            self.period, self.used = period, 0
        self.used += amount
        return self.used


@dataclass
class Limits:
    """Counts requests and orders and says when they are too many.

    Parameters
    ----------
    settings
        The limits.
    clock
        The time that periods and bans go by: this machine's own, as clients wait by it.
    """

    settings: Settings
    clock: Clock = field(default_factory=WallClock)
    banned_until_ms: int = 0

    def __post_init__(self) -> None:
        self._weight, self._refused = _Counter(_MINUTE_MS), _Counter(_MINUTE_MS)
        self._orders_10s, self._orders_1m = _Counter(_TEN_SECONDS_MS), _Counter(_MINUTE_MS)

    def ban(self, length_ms: int = BAN_MS) -> None:
        """Lock every client out for a while (milliseconds); 0 lets them in again."""
        self.banned_until_ms = self.clock.now_ms() + length_ms if length_ms else 0

    def admit(self, method: str, path: str, sent: Mapping[str, str]) -> None:
        """Count a request.

        Raises
        ------
        BinanceError
            -1003 with HTTP 429 over the weight limit, with 418 in a ban; -1015 over an order limit.
        """
        now = self.clock.now_ms()
        if now < self.banned_until_ms:
            raise errors.banned(self.banned_until_ms)
        if self._weight.add(now, weight_of(method, path, sent)) > self.settings.weight_limit:
            if self._refused.add(now, 1) > _PATIENCE:
                self.ban()
            raise errors.too_many_requests(self.settings.weight_limit)
        if (method, path) in ORDER_ROUTES:
            self._count_order(now)

    def headers(self, method: str, path: str) -> dict[str, str]:
        """Return what Binance says about the use in each answer's header, and how long to wait if refused."""
        now = self.clock.now_ms()
        used = {"X-MBX-USED-WEIGHT-1M": str(self._weight.add(now, 0))}
        if (method, path) in ORDER_ROUTES:
            used["X-MBX-ORDER-COUNT-10S"] = str(self._orders_10s.add(now, 0))
            used["X-MBX-ORDER-COUNT-1M"] = str(self._orders_1m.add(now, 0))
        return used

    def retry_after_seconds(self) -> int:
        """Return how long a refused client has to wait, in seconds."""
        now = self.clock.now_ms()
        until = self.banned_until_ms if now < self.banned_until_ms else (now // _MINUTE_MS + 1) * _MINUTE_MS
        return -((now - until) // 1_000)

    def _count_order(self, now: int) -> None:
        ten, minute = self._orders_10s.add(now, 1), self._orders_1m.add(now, 1)
        if ten > self.settings.order_limit_10s:
            raise errors.too_many_new_orders(self.settings.order_limit_10s, "10 SECOND")
        if minute > self.settings.order_limit_1m:
            raise errors.too_many_new_orders(self.settings.order_limit_1m, "1 MINUTE")
