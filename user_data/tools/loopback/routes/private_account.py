"""The account's balance, positions and terms."""

from typing import Any

from fastapi import APIRouter

from loopback import parameters, payloads
from loopback.account import margin
from loopback.account.positions import Position
from loopback.exchange import Exchange
from loopback.routes.access import ExchangeGiven, SignedGiven

router = APIRouter()


@router.get("/fapi/v2/account")
@router.get("/fapi/v3/account")
async def account(exchange: ExchangeGiven, _: SignedGiven) -> dict[str, Any]:
    """Answer margins, the asset and the open positions; version 2 is answered like version 3."""
    with exchange.settled():
        return payloads.account(exchange.account, exchange.engine.quotes.mark)


@router.get("/fapi/v2/balance")
@router.get("/fapi/v3/balance")
async def balance(exchange: ExchangeGiven, _: SignedGiven) -> list[dict[str, Any]]:
    """Answer the balance of USDT."""
    with exchange.settled():
        return payloads.balance(exchange.account, exchange.engine.quotes.mark)


@router.get("/fapi/v3/positionRisk")
async def position_risk(exchange: ExchangeGiven, sent: SignedGiven) -> list[dict[str, Any]]:
    """Answer the contracts with a position or an open order."""
    names = _wanted(exchange, sent)
    with exchange.settled():
        mark_of = exchange.engine.quotes.mark
        return [
            payloads.position_risk(exchange.account, position, mark_of)
            for position in map(exchange.account.position, names)
            if position.is_open or exchange.account.open_orders(position.symbol)
        ]


@router.get("/fapi/v2/positionRisk")
async def position_risk_v2(exchange: ExchangeGiven, sent: SignedGiven) -> list[dict[str, Any]]:
    """Answer every contract that trades, empty or not, with its settings."""
    names = [name for name in _wanted(exchange, sent) if exchange.market.has_started(name)]
    with exchange.settled():
        mark_of = exchange.engine.quotes.mark
        positions = map(exchange.account.position, names)
        return [payloads.position_risk_v2(exchange.account, position, mark_of) for position in positions]


@router.get("/fapi/v1/commissionRate")
async def commission_rate(exchange: ExchangeGiven, sent: SignedGiven) -> dict[str, str]:
    """Answer the fees of a contract."""
    return {
        "symbol": parameters.symbol(sent, exchange),
        "makerCommissionRate": f"{exchange.settings.maker_fee:.6f}",
        "takerCommissionRate": f"{exchange.settings.taker_fee:.6f}",
        "rpiCommissionRate": "0.000050",
    }


@router.get("/fapi/v1/symbolConfig")
async def symbol_config(exchange: ExchangeGiven, sent: SignedGiven) -> list[dict[str, Any]]:
    """Answer leverage and margin type of one contract or of all."""
    with exchange.settled():
        return [_config(exchange, exchange.account.position(name)) for name in _wanted(exchange, sent)]


@router.get("/fapi/v1/accountConfig")
async def account_config(exchange: ExchangeGiven, _: SignedGiven) -> dict[str, Any]:
    """Answer the account's modes and permissions."""
    with exchange.settled():
        return {
            "feeTier": 0,
            "canTrade": True,
            "canDeposit": True,
            "canWithdraw": True,
            "dualSidePosition": exchange.account.hedge_mode,
            "updateTime": 0,
            "multiAssetsMargin": exchange.account.multi_assets,
            "tradeGroupId": -1,
        }


def _wanted(exchange: Exchange, sent: dict[str, str]) -> list[str]:
    return [parameters.symbol(sent, exchange)] if sent.get("symbol") else list(exchange.specs)


def _config(exchange: Exchange, position: Position) -> dict[str, Any]:
    highest = margin.highest_notional(exchange.specs[position.symbol], position.leverage)
    return {
        "symbol": position.symbol,
        "marginType": position.margin_type.value,
        "isAutoAddMargin": False,
        "leverage": position.leverage,
        "maxNotionalValue": str(highest),
    }
