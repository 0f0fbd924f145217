"""Commands to a running exchange, the same from Python and over the control port."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict
from decimal import Decimal
from functools import partial
from typing import Any

from loopback import payloads
from loopback.account import funding, margin
from loopback.account.algo_orders import AlgoOrder, AlgoStatus, AlgoType
from loopback.account.fills import Part
from loopback.account.ledger import IncomeType
from loopback.account.liquidation import deleverage, liquidate
from loopback.account.orders import ZERO, Order, OrderType, Side, Status, TimeInForce
from loopback.account.positions import MarginType
from loopback.clock import FixedClock
from loopback.exchange import Exchange
from loopback.market.source import Kind as PriceKind
from loopback.trouble import Trouble

Money = Decimal | str | int


class Operator(Trouble):
    """Steers a running exchange; every method first settles and locks the account.

    Parameters
    ----------
    exchange
        The exchange.
    """

    def __init__(self, exchange: Exchange) -> None:
        super().__init__(exchange.faults)
        self._exchange = exchange

    # --- price and time

    def set_price(
        self, symbol: str, price: Money, over_ms: int = 0, mark: Money | None = None
    ) -> dict[str, Any]:
        """Steer a contract's price off its candles; orders that it touches are filled at once.

        Parameters
        ----------
        symbol
            Such as ``BTCUSDT``.
        price
            The last price from now on in USDT, on the contract's grid.
        over_ms
            Duration of the straight line to that price, in milliseconds; 0 for a jump, after which a stop
            is filled at the new price, not at its own.
        mark
            The mark price in USDT; `price` if None.
        """
        with self._settled() as now:
            spec = self._exchange.trading_spec(symbol)
            aims = {PriceKind.LAST: spec.to_tick(Decimal(price))}
            aims[PriceKind.MARK] = aims[PriceKind.LAST] if mark is None else Decimal(mark)
            courses = {kind: self._exchange.market.course(symbol, kind) for kind in aims}
            if courses[PriceKind.MARK] is courses[PriceKind.LAST]:
                del aims[PriceKind.MARK]
            for kind, aim in aims.items():
                courses[kind].steer(now, float(aim), over_ms)
            self._exchange.engine.settle()
            return self.prices(symbol)

    def release_price(self, symbol: str) -> dict[str, Any]:
        """Return a contract's price to its candles at once."""
        with self._settled() as now:
            for kind in PriceKind:
                self._exchange.market.course(symbol, kind).release(now)
            self._exchange.engine.settle()
            return self.prices(symbol)

    def prices(self, symbol: str) -> dict[str, Any]:
        """Return a contract's last and mark price in USDT."""
        with self._settled():
            quotes = self._exchange.engine.quotes
            return {"last": str(quotes.last(symbol)), "mark": str(quotes.mark(symbol))}

    def move_clock(self, to_ms: int) -> int:
        """Move a stopped clock to a time (milliseconds UTC), and settle the account.

        Raises
        ------
        ValueError
            If the clock runs by itself, or would go backwards.
        """
        clock = self._exchange.clock
        if not isinstance(clock, FixedClock):
            raise ValueError(f"clock must be a stopped one, was {type(clock).__name__}")
        with self._settled():
            clock.move_to(to_ms)
            return self._exchange.engine.settle()

    def shift_server_time(self, shift_ms: int) -> None:
        """Shift the time with which stamps are compared, in milliseconds."""
        self._exchange.shift_ms = shift_ms

    # --- orders and positions

    def fill_order(
        self, order_id: int, quantity: Money | None = None, price: Money | None = None
    ) -> dict[str, Any]:
        """Fill a resting order as a maker, regardless of the price.

        Parameters
        ----------
        order_id
            The order.
        quantity
            Quantity in the base coin; all that is left if None.
        price
            Price in USDT; its own limit if None, or the last price for a market order.
        """
        with self._settled():
            order = self._open_order(order_id)
            part = order.left if quantity is None else min(order.left, Decimal(quantity))
            own = order.price or self._exchange.engine.quotes.last(order.symbol)
            at = own if price is None else Decimal(price)
            self._exchange.engine.matcher.fill(order, at, part, maker=bool(order.price))
            self._exchange.engine.triggers.follow()
            return payloads.stored_order(order)

    def end_order(self, order_id: int, status: str = Status.CANCELED) -> dict[str, Any]:
        """Give a resting order a final state, ``CANCELED`` or ``EXPIRED``, without a request."""
        with self._settled() as now:
            order = self._open_order(order_id)
            order.end(Status(status), now)
            self._exchange.engine.triggers.follow()
            return payloads.stored_order(order)

    def end_algo_order(self, algo_id: int, status: str = AlgoStatus.CANCELED) -> dict[str, Any]:
        """Give a conditional order a state without an order, such as ``CANCELED`` or ``EXPIRED``."""
        with self._settled() as now:
            algo = self._exchange.account.algo_orders.find(algo_id, None)
            if algo is None:
                raise ValueError(f"algo_id must be a conditional order's, was {algo_id}")
            algo.end(AlgoStatus(status), now)
            return payloads.stored_algo_order(algo, None)

    def trigger_algo_order(self, algo_id: int, then: str | None = None) -> dict[str, Any]:
        """Trigger a conditional order now, regardless of the price.

        Parameters
        ----------
        algo_id
            The conditional order.
        then
            ``CANCELED`` or ``EXPIRED`` if its order is to end unfilled, in that state.
        """
        with self._settled():
            algo = self._exchange.account.algo_orders.find(algo_id, None)
            if algo is None or algo.status is not AlgoStatus.NEW:
                raise ValueError(f"algo_id must be a waiting conditional order's, was {algo_id}")
            triggers = self._exchange.engine.triggers
            triggers.trigger(algo)
            if then is None:
                triggers.place(algo)
            else:
                triggers.fail(algo, Status(then))
            self._exchange.engine.settle()
            return payloads.stored_algo_order(algo, self._exchange.account.orders.find(algo.order_id, None))

    def trade_by_hand(
        self, symbol: str, side: str, quantity: Money, reduce_only: bool = False
    ) -> dict[str, Any]:
        """Trade at market as the account's owner, without the bot and without checks.

        Parameters
        ----------
        symbol
            Such as ``BTCUSDT``.
        side
            ``BUY`` or ``SELL``.
        quantity
            Base coin.
        reduce_only
            Whether it only closes.
        """
        with self._settled() as now:
            order_id = self._exchange.account.next_id()
            order = Order(
                order_id, f"web_{order_id}", symbol, Side(side), OrderType.MARKET, TimeInForce.GTC,
                Decimal(quantity), ZERO, reduce_only, now, OrderType.MARKET.value, update_ms=now,
            )  # fmt: skip
            self._exchange.engine.matcher.submit(order)
            return payloads.stored_order(order)

    def close_by_hand(self, symbol: str, quantity: Money | None = None) -> dict[str, Any] | None:
        """Close a contract's position, or a quantity of it, at market without the bot; None without one."""
        with self._settled():
            amount = self._exchange.account.position(symbol).amount
            if not amount:
                return None
            side = Side.SELL if amount > 0 else Side.BUY
            wanted = abs(amount) if quantity is None else Decimal(quantity)
            return self.trade_by_hand(symbol, side, wanted, reduce_only=True)

    def stop_by_hand(self, symbol: str, side: str, quantity: Money, trigger: Money) -> dict[str, Any]:
        """Place a reduce-only market stop as the account's owner, without checks.

        Parameters
        ----------
        symbol, side, quantity
            As of `trade_by_hand`.
        trigger
            The last price in USDT that triggers it.
        """
        with self._settled() as now:
            algo_id = self._exchange.account.next_id()
            algo = AlgoOrder(
                algo_id, f"web_{algo_id}", symbol, Side(side), AlgoType.STOP_MARKET, TimeInForce.GTC,
                Decimal(quantity), Decimal(trigger), ZERO, "CONTRACT_PRICE", reduce_only=True,
                close_position=False, price_protect=False, time_ms=now, update_ms=now,
            )  # fmt: skip
            self._exchange.account.algo_orders.add(algo.id, algo.client_id, algo)
            return payloads.stored_algo_order(algo, None)

    def limit_by_hand(self, symbol: str, side: str, quantity: Money, price: Money) -> dict[str, Any]:
        """Place a reduce-only limit order as the account's owner, without checks."""
        with self._settled() as now:
            order_id = self._exchange.account.next_id()
            order = Order(
                order_id, f"web_{order_id}", symbol, Side(side), OrderType.LIMIT, TimeInForce.GTC,
                Decimal(quantity), Decimal(price), True, now, OrderType.LIMIT.value, update_ms=now,
            )  # fmt: skip
            self._exchange.engine.matcher.submit(order)
            return payloads.stored_order(order)

    def fill_in_parts(
        self, symbol: str, share: Money, times: int = 1, then: str = Status.EXPIRED, side: str | None = None
    ) -> None:
        """Fill a contract's next market orders only in part, including those of a triggered stop.

        Parameters
        ----------
        symbol
            Such as ``BTCUSDT``.
        share
            Part of an order that is filled at once, from 0 to below 1; the quantity is rounded down.
        times
            Number of orders.
        then
            ``EXPIRED``: the order ends there. ``PARTIALLY_FILLED``: it rests until `fill_order` or
            `end_order`.
        side
            Only ``BUY`` or only ``SELL`` orders; both if None.
        """
        with self._settled():
            part = Part(symbol, Decimal(share), Status(then), None if side is None else Side(side))
            self._exchange.engine.matcher.parts.extend([part] * times)

    def liquidate(self, symbol: str) -> dict[str, Any] | None:
        """Close a contract's position by force at the mark price, as if its margin was used up."""
        return self._by_force(symbol, liquidate)

    def deleverage(self, symbol: str, quantity: Money | None = None) -> dict[str, Any] | None:
        """Reduce a contract's position by force at the mark price (ADL), by all of it if None."""
        part = None if quantity is None else Decimal(quantity)
        return self._by_force(symbol, partial(deleverage, quantity=part))

    # --- account

    def pay_funding(self, symbol: str, rate: Money) -> None:
        """Pay a contract's funding at a rate now; a long pays one above 0, and receives one below."""
        with self._settled():
            account, quotes = self._exchange.account, self._exchange.engine.quotes
            funding.pay_funding(account, quotes, symbol, Decimal(rate))

    def set_balance(self, balance: Money) -> None:
        """Set the wallet's balance in USDT; the history shows a transfer."""
        with self._settled() as now:
            account = self._exchange.account
            account.pay(IncomeType.TRANSFER, "", Decimal(balance) - account.wallet, now)

    def transfer(self, amount: Money) -> None:
        """Deposit USDT in the wallet, or withdraw a negative amount.

        Raises
        ------
        ValueError
            If the withdrawal exceeds the free balance.
        """
        with self._settled() as now:
            account = self._exchange.account
            free = margin.margins(account, self._exchange.engine.quotes.mark).available
            if -Decimal(amount) > free:
                raise ValueError(f"amount must be -{free} or above, was {amount}")
            account.pay(IncomeType.TRANSFER, "", Decimal(amount), now)

    def set_modes(self, hedge_mode: bool | None = None, multi_assets: bool | None = None) -> None:
        """Switch position mode and asset mode without Binance's conditions; None leaves one unchanged."""
        with self._settled():
            account = self._exchange.account
            account.hedge_mode = account.hedge_mode if hedge_mode is None else hedge_mode
            account.multi_assets = account.multi_assets if multi_assets is None else multi_assets

    def set_terms(self, symbol: str, leverage: int | None = None, margin_type: str | None = None) -> None:
        """Set a contract's leverage, and its margin type (``ISOLATED``, ``CROSSED``) even beside a position.

        Raises
        ------
        ValueError
            If the leverage is to change while it has a position.
        """
        with self._settled():
            position = self._exchange.account.position(symbol)
            if position.is_open and leverage is not None:
                raise ValueError(f"symbol must be without a position, was {symbol}")
            position.leverage = position.leverage if leverage is None else leverage
            if margin_type is not None:
                position.change_margin(MarginType(margin_type))

    # --- limits and rules

    def ban(self, length_ms: int) -> None:
        """Answer everything with HTTP 418 for some milliseconds; 0 ends a ban."""
        self._exchange.limits.ban(length_ms)

    def set_rules(
        self,
        weight_limit: int | None = None,
        order_limit_10s: int | None = None,
        order_limit_1m: int | None = None,
        trigger_delay_ms: int | None = None,
        keep_orphans: bool | None = None,
    ) -> None:
        """Change fields of `Settings` while the exchange runs; None leaves one unchanged."""
        given = {name: value for name, value in locals().items() if name != "self" and value is not None}
        with self._settled():
            for name, value in given.items():
                setattr(self._exchange.settings, name, value)

    # --- state

    def state(self) -> dict[str, Any]:
        """Return the whole account in Binance's fields."""
        with self._settled() as now:
            account, mark_of = self._exchange.account, self._exchange.engine.quotes.mark
            return {
                "now_ms": now,
                "account": payloads.account(account, mark_of),
                "positions": [
                    payloads.position_risk_v2(account, row, mark_of) for row in account.open_positions
                ],
                "orders": [payloads.stored_order(row) for row in account.orders],
                "algo_orders": [
                    payloads.stored_algo_order(row, account.orders.find(row.order_id, None))
                    for row in account.algo_orders
                ],
                "trades": [payloads.trade(row) for row in account.trades],
                "income": [payloads.income(row) for row in account.incomes],
                "modes": {"hedge_mode": account.hedge_mode, "multi_assets": account.multi_assets},
                "faults": [asdict(fault) for fault in self._exchange.faults.waiting],
            }

    def _settled(self) -> AbstractContextManager[int]:
        return self._exchange.settled()

    def _by_force(self, symbol: str, act: Callable[..., Order]) -> dict[str, Any] | None:
        with self._settled():
            position, engine = self._exchange.account.position(symbol), self._exchange.engine
            if not position.is_open:
                return None
            order = act(self._exchange.account, engine.matcher, engine.quotes, position)
            engine.triggers.follow()
            return payloads.stored_order(order)

    def _open_order(self, order_id: int) -> Order:
        order = self._exchange.account.orders.find(order_id, None)
        if order is None or not order.is_open:
            raise ValueError(f"order_id must be an open order's, was {order_id}")
        return order
