"""The account's whole state."""

from decimal import ROUND_HALF_EVEN, Decimal

from loopback.account.algo_orders import AlgoOrder, AlgoStatus
from loopback.account.ledger import Income, IncomeType, Trade
from loopback.account.orders import Order, OrderBook
from loopback.account.positions import Position

# USDT amounts carry eight digits on Binance.
_MONEY = Decimal("0.00000001")


def money(amount: Decimal) -> Decimal:
    """Round an amount of USDT to the eight digits that Binance keeps."""
    return amount.quantize(_MONEY, ROUND_HALF_EVEN)


class Account:
    """Wallet, modes, positions, orders and history of one USDT account.

    Parameters
    ----------
    balance
        USDT in the wallet.
    now_ms
        Time of the opening in milliseconds UTC.
    """

    def __init__(self, balance: Decimal, now_ms: int) -> None:
        self.wallet = balance
        self.update_ms = now_ms
        self.hedge_mode = False
        self.multi_assets = False
        self.positions: dict[str, Position] = {}
        self.orders: OrderBook[Order] = OrderBook()
        self.algo_orders: OrderBook[AlgoOrder] = OrderBook()
        self.trades: list[Trade] = []
        self.incomes: list[Income] = []
        self._last_id = 1_000

    def next_id(self) -> int:
        """Return a new id."""
        self._last_id += 1
        return self._last_id

    def position(self, symbol: str) -> Position:
        """Return a contract's position, empty or not."""
        return self.positions.setdefault(symbol, Position(symbol))

    @property
    def open_positions(self) -> list[Position]:
        """Positions that are not empty."""
        return [position for position in self.positions.values() if position.is_open]

    @property
    def isolated_margin(self) -> Decimal:
        """USDT in isolated margin."""
        return sum((position.margin for position in self.open_positions), Decimal(0))

    @property
    def cross_wallet(self) -> Decimal:
        """USDT in the wallet outside of isolated margin."""
        return self.wallet - self.isolated_margin

    def open_orders(self, symbol: str | None = None) -> list[Order]:
        """Return the orders that rest in the book, of one contract or of all."""
        return [order for order in self.orders if order.is_open and symbol in (None, order.symbol)]

    def waiting(self, symbol: str | None = None) -> list[AlgoOrder]:
        """Return the conditional orders that wait or are triggering, of one contract or of all."""
        states = (AlgoStatus.NEW, AlgoStatus.TRIGGERING)
        return [algo for algo in self.algo_orders if algo.status in states and symbol in (None, algo.symbol)]

    def pay(
        self, kind: IncomeType, symbol: str, amount: Decimal, now_ms: int, trade_id: int | None = None
    ) -> None:
        """Change the wallet and record it; an amount of 0 is not recorded.

        Parameters
        ----------
        kind
            Reason.
        symbol
            Contract; empty for none.
        amount
            USDT, negative for an expense.
        now_ms
            Time in milliseconds UTC.
        trade_id
            Trade that it belongs to.
        """
        amount = money(amount)
        if not amount:
            return
        self.wallet += amount
        self.update_ms = now_ms
        self.incomes.append(Income(self.next_id(), kind, symbol, amount, now_ms, trade_id))
