"""A Discord on 127.0.0.1: it takes webhook messages like the real one, and misbehaves on demand."""

import asyncio
import socket
import threading
from collections import deque
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from ict_lab.bots.discord_limits import error_of, faults_of
from loopback.stop_sign import StopSign

ADDRESS = "127.0.0.1"
_READY_SECONDS = 120.0
_POLL_SECONDS = 0.005


@dataclass(frozen=True)
class RateLimited:
    """Answer 429 and say how long to wait."""

    retry_after_seconds: float = 0.3


@dataclass(frozen=True)
class Refused:
    """Answer an error, whatever the message."""

    status: int


@dataclass(frozen=True)
class Dropped:
    """Close the connection without an answer."""


@dataclass(frozen=True)
class Delayed:
    """Wait before answering."""

    seconds: float


Mood = RateLimited | Refused | Dropped | Delayed


class LoopbackDiscord:
    """One webhook of a Discord that clients on this machine can reach; a context manager.

    Attributes
    ----------
    messages
        What was accepted, in order.
    refusals
        Answers to what was not, in order: status and body.
    moods
        What happens to the next requests, one each; an empty queue is an ordinary day.
    is_down
        Whether every request is refused or dropped in turn.
    """

    def __init__(self, webhook_id: str, token: str) -> None:
        self._first_path = f"/api/webhooks/{webhook_id}/{token}"
        self._opened = 0
        self.messages: list[dict[str, Any]] = []
        self.refusals: list[tuple[int, Any]] = []
        self.moods: deque[Mood] = deque()
        self.is_down = False
        self._app = _build(self)
        self._stop = StopSign()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="loopback-discord", daemon=True)

    @property
    def path(self) -> str:
        """Path of the webhook's address."""
        return f"{self._first_path}{self._opened}"

    @property
    def url(self) -> str:
        """The webhook's address."""
        return f"http://{ADDRESS}:{self._port}{self.path}"

    def start_over(self) -> None:
        """Open another webhook, without messages and moods; what is still under way reaches it no more."""
        self._opened += 1
        self.messages.clear()
        self.refusals.clear()
        self.moods.clear()
        self.is_down = False

    def __enter__(self) -> Self:
        self._socket = socket.create_server((ADDRESS, 0))
        self._port = self._socket.getsockname()[1]
        self._thread.start()
        assert self._ready.wait(_READY_SECONDS), "the loopback Discord did not start"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
        self._socket.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Drop the connection where that is set; everything else is answered."""
        if self.is_down and not self.moods:
            self.moods.extend([Refused(500), Dropped()])
        if self._feels(Dropped, scope.get("path", "")):
            self.moods.popleft()
            receive.__self__.transport.abort()  # type: ignore[attr-defined]
            while (await receive())["type"] != "http.disconnect":
                continue
            return
        await self._app(scope, receive, send)

    async def answer(self, path: str, message: Any) -> Response:
        """Judge a message as Discord does."""
        if path == self.path and self.moods and isinstance(delayed := self.moods[0], Delayed):
            self.moods.popleft()
            await asyncio.sleep(delayed.seconds)
        if path != self.path and path.startswith(self._first_path):
            return Response(status_code=404)
        mood = self.moods.popleft() if self.moods else None
        if isinstance(mood, RateLimited):
            seconds = mood.retry_after_seconds
            body = {"message": "You are being rate limited.", "retry_after": seconds, "global": False}
            return self._refuse(429, body, {"Retry-After": str(seconds)})
        if isinstance(mood, Refused):
            return self._refuse(mood.status, {"message": "told to refuse", "code": 0})
        if path != self.path:
            return self._refuse(404, {"message": "Unknown Webhook", "code": 10015})
        if faults := faults_of(message):
            return self._refuse(400, error_of(faults))
        self.messages.append(message)
        return Response(status_code=204)

    def _feels(self, kind: type[Mood], path: str) -> bool:
        return path == self.path and bool(self.moods) and isinstance(self.moods[0], kind)

    def _refuse(self, status: int, body: Any, headers: dict[str, str] | None = None) -> Response:
        self.refusals.append((status, body))
        return JSONResponse(body, status, headers)

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        config = uvicorn.Config(
            self, loop="none", lifespan="off", ws="none", http="h11", log_config=None, access_log=False,
            timeout_graceful_shutdown=1,
        )  # fmt: skip
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve(sockets=[self._socket]))
        while not server.started and not task.done():
            await asyncio.sleep(_POLL_SECONDS)
        self._ready.set()
        await self._stop.wait(task)
        server.should_exit = True
        await task


def _build(discord: LoopbackDiscord) -> FastAPI:
    app = FastAPI(openapi_url=None)

    @app.post("/{path:path}")
    async def take(path: str, request: Request) -> Response:
        return await discord.answer(f"/{path}", await request.json())

    return app
