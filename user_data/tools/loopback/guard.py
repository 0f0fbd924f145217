"""Entrance of the application: answers only known hosts and records every request."""

from urllib.parse import parse_qsl

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from loopback.hosts import is_known_host
from loopback.record import NO_ANSWER, Entry, Reason, Record

# A signature tells a reader nothing, and a record may be printed.
_UNRECORDED = {"signature"}
# Key under which the inner applications find a request's parameters.
PARAMETERS = "loopback.parameters"


class Guard:
    """ASGI middleware around the exchange.

    Parameters
    ----------
    app
        The application.
    record
        Receives requests and refusals.
    """

    def __init__(self, app: ASGIApp, record: Record) -> None:
        self._app = app
        self._record = record

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        host = Headers(scope=scope).get("host", "")
        if not is_known_host(host):
            self._record.refuse(Reason.HOST, host)
            refusal = JSONResponse({"code": -1, "msg": f"{host} is not served here"}, status_code=403)
            await refusal(scope, receive, send)
            return
        status = NO_ANSWER

        async def remember(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        body, again = await _read(receive)
        scope[PARAMETERS] = parameters = _parameters(scope, body)
        try:
            await self._app(scope, again, remember)
        finally:
            self._record.add(Entry(host, scope["method"], scope["path"], parameters, status))


async def _read(receive: Receive) -> tuple[bytes, Receive]:
    """Return the body and a way for the application to read it once more."""
    first = message = await receive()
    body: bytes = message.get("body", b"")
    while message.get("more_body"):
        message = await receive()
        body += message.get("body", b"")
    waiting = [{**first, "body": body, "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return body, again


def _parameters(scope: Scope, body: bytes) -> dict[str, str]:
    """Return the parameters of form and query; the query wins."""
    texts = (body.decode("latin-1"), scope["query_string"].decode("latin-1"))
    sent = [pair for text in texts for pair in parse_qsl(text, keep_blank_values=True)]
    return {name: value for name, value in sent if name not in _UNRECORDED}
