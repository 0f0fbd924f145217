"""The exchange as an ASGI application."""

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp

from loopback.errors import BinanceError, unknown_path
from loopback.exchange import Exchange
from loopback.gate import Cutter, Gate
from loopback.guard import Guard
from loopback.record import Reason
from loopback.routes import (
    funding,
    general,
    klines,
    prices,
    private_account,
    private_algo,
    private_history,
    private_modes,
    private_orders,
)

MODULES = (
    general, klines, prices, funding,
    private_account, private_modes, private_orders, private_algo, private_history,
)  # fmt: skip


def build_app(exchange: Exchange) -> ASGIApp:
    """Return the application that serves an exchange to known hosts.

    Parameters
    ----------
    exchange
        The state behind all routes.
    """
    app = FastAPI(openapi_url=None, redirect_slashes=False)
    app.state.exchange = exchange
    for module in MODULES:
        app.include_router(module.router)
    app.add_exception_handler(BinanceError, _refuse)
    app.add_exception_handler(HTTPException, _unknown_route)
    return Cutter(Guard(Gate(app, exchange), exchange.record))


async def _refuse(_: Request, error: Exception) -> Response:
    assert isinstance(error, BinanceError)
    return JSONResponse(error.body, status_code=error.status)


async def _unknown_route(request: Request, _: Exception) -> Response:
    """Refuse and record a path or method without a route; handlers themselves raise `BinanceError` only."""
    request.app.state.exchange.record.refuse(Reason.ROUTE, f"{request.method} {request.url.path}")
    return await _refuse(request, unknown_path(request.url.path, request.method))
