"""The control port: the operator's commands in plain HTTP and JSON.

A command is ``POST /do/NAME`` with the named arguments of the method of `Operator` as a JSON object, such as
``{"symbol": "BTCUSDT", "price": "42000"}`` for ``/do/set_price``. A wrong argument gets HTTP 400 and one
sentence.
"""

import inspect
from collections.abc import Callable
from dataclasses import asdict, is_dataclass
from typing import Any

from fastapi import FastAPI, Request
from starlette.responses import JSONResponse, Response

from loopback.errors import BinanceError
from loopback.exchange import Exchange
from loopback.operation import Operator

_BAD_REQUEST, _NOT_FOUND = 400, 404


def build_control(exchange: Exchange) -> FastAPI:
    """Return the control application of an exchange.

    Parameters
    ----------
    exchange
        The state to report on and to steer.
    """
    app = FastAPI(openapi_url=None)
    commands = _commands(Operator(exchange))

    @app.get("/")
    async def about() -> dict[str, Any]:
        served = {"market": exchange.source.describe(), "now_ms": exchange.clock.now_ms()}
        return {**served, "commands": {name: str(inspect.signature(do)) for name, do in commands.items()}}

    @app.get("/state")
    async def state() -> Response:
        return _run(commands["state"], {})

    @app.post("/do/{name}")
    async def do(name: str, request: Request) -> Response:
        if name not in commands:
            return _sentence(f"command must be one of {', '.join(commands)}, was {name}", _NOT_FOUND)
        return _run(commands[name], await request.json() if await request.body() else {})

    @app.get("/requests")
    async def requests() -> list[dict[str, Any]]:
        return [asdict(entry) for entry in exchange.record.entries]

    @app.get("/refusals")
    async def refusals() -> list[dict[str, Any]]:
        return [asdict(refusal) for refusal in exchange.record.refusals]

    @app.delete("/record")
    async def clear() -> dict[str, Any]:
        exchange.record.clear()
        return {}

    return app


def _commands(operator: Operator) -> dict[str, Callable[..., Any]]:
    """Return the operator's public methods by name."""
    methods = inspect.getmembers(operator, inspect.ismethod)
    return {name: method for name, method in methods if not name.startswith("_")}


def _run(command: Callable[..., Any], arguments: dict[str, Any]) -> Response:
    try:
        inspect.signature(command).bind(**arguments)
        result = command(**arguments)
    except (TypeError, ValueError, ArithmeticError, BinanceError) as error:
        return _sentence(str(error), _BAD_REQUEST)
    return JSONResponse(asdict(result) if is_dataclass(result) else result)  # type: ignore[arg-type]


def _sentence(text: str, status: int) -> Response:
    return JSONResponse({"error": text}, status)
