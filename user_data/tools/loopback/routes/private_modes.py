"""The account's modes and each contract's leverage and margin type."""

from typing import Any

from fastapi import APIRouter

from loopback import errors, parameters
from loopback.account import margin
from loopback.account.margin import Risk
from loopback.account.positions import MarginType, Position
from loopback.exchange import Exchange
from loopback.routes.access import ExchangeGiven, SignedGiven

router = APIRouter()

_DONE = {"code": 200, "msg": "success"}


@router.get("/fapi/v1/positionSide/dual")
async def position_mode(exchange: ExchangeGiven, _: SignedGiven) -> dict[str, bool]:
    """Answer whether long and short are held apart."""
    with exchange.settled():
        return {"dualSidePosition": exchange.account.hedge_mode}


@router.post("/fapi/v1/positionSide/dual")
async def set_position_mode(exchange: ExchangeGiven, sent: SignedGiven) -> dict[str, Any]:
    """Change the position mode of an account without positions and orders."""
    wanted = parameters.required_flag(sent, "dualSidePosition")
    with exchange.settled():
        account = exchange.account
        if wanted == account.hedge_mode:
            raise errors.same_position_mode()
        if account.open_orders() or account.waiting():
            raise errors.position_mode_with_orders()
        if account.open_positions:
            raise errors.position_mode_with_position()
        account.hedge_mode = wanted
    return _DONE


@router.get("/fapi/v1/multiAssetsMargin")
async def asset_mode(exchange: ExchangeGiven, _: SignedGiven) -> dict[str, bool]:
    """Answer whether other assets than USDT count as margin."""
    with exchange.settled():
        return {"multiAssetsMargin": exchange.account.multi_assets}


@router.post("/fapi/v1/multiAssetsMargin")
async def set_asset_mode(exchange: ExchangeGiven, sent: SignedGiven) -> dict[str, Any]:
    """Change the asset mode of an account without isolated contracts."""
    wanted = parameters.required_flag(sent, "multiAssetsMargin")
    with exchange.settled():
        account = exchange.account
        if wanted == account.multi_assets:
            raise errors.same_asset_mode()
        if wanted and any(position.is_isolated for position in account.positions.values()):
            raise errors.isolated_forbids_multi_assets()
        account.multi_assets = wanted
    return _DONE


@router.post("/fapi/v1/marginType")
async def set_margin_type(exchange: ExchangeGiven, sent: SignedGiven) -> dict[str, Any]:
    """Change the margin type of a contract without position and orders."""
    symbol = parameters.symbol(sent, exchange)
    wanted = parameters.choice(sent, "marginType", MarginType)
    with exchange.settled():
        position = exchange.account.position(symbol)
        if wanted is position.margin_type:
            raise errors.same_margin_type()
        if wanted is MarginType.ISOLATED and exchange.account.multi_assets:
            raise errors.multi_assets_forbid_isolated()
        if exchange.account.open_orders(symbol) or exchange.account.waiting(symbol):
            raise errors.margin_type_with_orders()
        if position.is_open:
            raise errors.margin_type_with_position()
        position.margin_type = wanted
    return _DONE


@router.post("/fapi/v1/leverage")
async def set_leverage(exchange: ExchangeGiven, sent: SignedGiven) -> dict[str, Any]:
    """Change the leverage of a contract."""
    symbol = parameters.symbol(sent, exchange)
    parameters.required(sent, "leverage")
    leverage = parameters.whole_number(sent, "leverage") or 0
    spec = exchange.specs[symbol]
    if not 1 <= leverage <= spec.brackets[0].leverage:
        raise errors.invalid_leverage(leverage)
    highest = margin.highest_notional(spec, leverage)
    with exchange.settled():
        position = exchange.account.position(symbol)
        if position.is_open:
            _check_leverage(exchange, position, leverage)
        position.leverage = leverage
    return {"leverage": leverage, "maxNotionalValue": str(highest), "symbol": symbol}


def _check_leverage(exchange: Exchange, position: Position, leverage: int) -> None:
    """Require an open position to be allowed at its new leverage."""
    mark_of = exchange.engine.quotes.mark
    risk = Risk(position, mark_of(position.symbol))
    if position.is_isolated and leverage < position.leverage:
        raise errors.lower_leverage_when_isolated()
    if abs(risk.notional) > margin.highest_notional(exchange.specs[position.symbol], leverage):
        raise errors.position_too_large()
    more = abs(risk.notional) / leverage - risk.initial
    if more > margin.margins(exchange.account, mark_of).available:
        raise errors.margin_below_leverage()
