"""Between a request and its route: faults, rate limits, and the headers of every answer."""

import asyncio
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from loopback.errors import BinanceError
from loopback.exchange import Exchange
from loopback.faults import AFTER_THE_WORK, Fault, Kind
from loopback.guard import PARAMETERS

_JSON = "application/json"


class ConnectionCutError(Exception):
    """The connection must end here, without an answer."""


class Gate:
    """ASGI middleware that applies faults and counts weights.

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

        fault = self._exchange.faults.strike(*asked, scope[PARAMETERS])
        if fault is None:
            await self._app(scope, receive, with_headers)
        else:
            await self._strike(fault, scope, receive, with_headers)

    async def _strike(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        kept = _Kept()
        if fault.kind in AFTER_THE_WORK:
            await self._app(scope, receive, kept)
        await _hold_up(fault)
        if fault.kind in (Kind.ANSWER, Kind.GARBLE):
            await _answer(fault)(scope, receive, send)
        elif fault.kind is Kind.CUT:
            await kept.half(scope, receive, send)
        elif fault.kind is Kind.LATE:
            await kept.whole(scope, receive, send)
        elif fault.kind is Kind.DELAY:
            await self._app(scope, receive, send)
        else:
            raise ConnectionCutError


class _Kept:
    """A held answer: a `Send` that stores what it is given."""

    def __init__(self) -> None:
        self._status = 200
        self._body = b""

    async def __call__(self, message: Message) -> None:
        """Keep a part of the answer."""
        self._status = message.get("status", self._status)
        self._body += message.get("body", b"")

    @property
    def whole(self) -> Response:
        """The answer unchanged."""
        return Response(self._body, self._status, media_type=_JSON)

    @property
    def half(self) -> Response:
        """The first half of it, which is no longer JSON."""
        return Response(self._body[: len(self._body) // 2], self._status, media_type=_JSON)


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
            # ASGI has no message for this, but uvicorn's `send` belongs to an object that holds its socket.
            transport: Any = send.__self__.transport  # type: ignore[attr-defined]
            transport.abort()


async def _hold_up(fault: Fault) -> None:
    """Wait, but not for longer than the server runs."""
    fault.held += 1
    try:
        await asyncio.sleep(fault.seconds)
    except asyncio.CancelledError:
        raise ConnectionCutError from None
    finally:
        fault.held -= 1


def _answer(fault: Fault) -> Response:
    if isinstance(fault.body, str):
        kind = HTMLResponse if fault.body.startswith("<") else PlainTextResponse
        return kind(fault.body, fault.status, fault.headers)
    return JSONResponse(fault.body, fault.status, fault.headers)
