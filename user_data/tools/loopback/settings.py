"""Settings of the private half of the exchange."""

from dataclasses import dataclass
from decimal import Decimal

# As long as Binance's, and obviously fake.
TEST_KEY = "loopback" * 8
TEST_SECRET = "forTests" * 8


@dataclass
class Settings:
    """The account's owner and rules; all may change while the exchange runs.

    Parameters
    ----------
    key, secret
        The only accepted keys.
    balance
        USDT in the wallet at the start.
    taker_fee, maker_fee
        Commission as a fraction of the traded USDT.
    weight_limit
        Request weight that an address may use per minute.
    order_limit_10s, order_limit_1m
        New orders that an account may send in ten seconds and in a minute.
    trigger_delay_ms
        How long a triggered stop stays TRIGGERING before its order is placed, in milliseconds.
    keep_orphans
        Whether reduce-only stops outlive their position instead of expiring with it, for tests of the
        client's own cleanup.
    """

    key: str = TEST_KEY
    secret: str = TEST_SECRET
    balance: Decimal = Decimal(10_000)
    taker_fee: Decimal = Decimal("0.0005")
    maker_fee: Decimal = Decimal("0.0002")
    weight_limit: int = 2_400
    order_limit_10s: int = 300
    order_limit_1m: int = 1_200
    trigger_delay_ms: int = 0
    keep_orphans: bool = False
