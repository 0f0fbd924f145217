"""Arguments of the handlers: exchange and parameters; on private routes only after the owner is checked."""

from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, Request

from loopback import signatures
from loopback.exchange import Exchange


async def _exchange(request: Request) -> Exchange:
    # A coroutine, like all dependencies here: plain functions would run in threads that outlive the server.
    exchange: Exchange = request.app.state.exchange
    return exchange


async def _query(request: Request) -> dict[str, str]:
    return dict(request.query_params)


async def _signed(request: Request) -> dict[str, str]:
    """Return the parameters of a private call, from query and form, after the checks of `signatures`."""
    exchange = await _exchange(request)
    query, body = request.url.query, (await request.body()).decode("latin-1")
    sent = dict(parse_qsl(f"{body}&{query}", keep_blank_values=True))
    key = request.headers.get("X-MBX-APIKEY", "")
    signatures.check(exchange.settings, key, sent, (query, body), exchange.stamp_ms())
    return sent


ExchangeGiven = Annotated[Exchange, Depends(_exchange)]
QueryGiven = Annotated[dict[str, str], Depends(_query)]
SignedGiven = Annotated[dict[str, str], Depends(_signed)]
