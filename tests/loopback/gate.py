"""What stands between a request and its route: ordered faults, limits, and the headers of every answer."""

import asyncio
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.loopback.errors import BinanceError
from tests.loopback.exchange import Exchange
from tests.loopback.faults import Fault, Kind
from tests.loopback.guard import PARAMETERS


class ConnectionCutError(Exception):
    """The connection has to end here, without an answer."""


class Gate:
    """ASGI middleware that lets faults strike and counts weights.

    Parameters
    ----------
    app
        The routes.
    exchange
        Its faults and limits.
    """

    def __init__(self, app: ASGIApp, exchange: Exchange) -> None:
        self._app = app
        self._exchange = exchange

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        limits, asked = self._exchange.limits, (scope["method"], scope["path"])
        try:
            limits.admit(*asked, scope[PARAMETERS])
        except BinanceError as refused:
            headers = {**limits.headers(*asked), "Retry-After": str(limits.retry_after_seconds())}
            await JSONResponse(refused.body, refused.status, headers)(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(limits.headers(*asked))
            await send(message)

        fault = self._exchange.faults.strike(*asked)
        if fault is None:
            await self._app(scope, receive, with_headers)
        else:
            await self._strike(fault, scope, receive, with_headers)

    async def _strike(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        if fault.kind is Kind.LOSE:
            await self._app(scope, receive, _nowhere)
        await _hold_up(fault.seconds)
        if fault.kind is Kind.ANSWER:
            await _answer(fault)(scope, receive, send)
        elif fault.kind is Kind.DELAY:
            await self._app(scope, receive, send)
        else:
            raise ConnectionCutError


class Cutter:
    """Outermost ASGI middleware: cuts the connection where `ConnectionCutError` was raised.

    Parameters
    ----------
    app
        Everything else.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        try:
            await self._app(scope, receive, send)
        except ConnectionCutError:
            # ASGI has no word for this, but uvicorn's `send` belongs to an object that knows its socket.
            transport: Any = send.__self__.transport  # type: ignore[attr-defined]
            transport.abort()


async def _hold_up(seconds: float) -> None:
    """Wait, but not for longer than the server runs."""
    try:
        await asyncio.sleep(seconds)
    except asyncio.CancelledError:
        raise ConnectionCutError from None


async def _nowhere(_: Message) -> None:
    """Swallow an answer."""


def _answer(fault: Fault) -> Response:
    if isinstance(fault.body, str):
        return PlainTextResponse(fault.body, fault.status, fault.headers)
    return JSONResponse(fault.body, fault.status, fault.headers)
