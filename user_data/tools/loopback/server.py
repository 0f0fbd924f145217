"""The running exchange: proxy, HTTPS server and control port in one event loop of one thread."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import uvicorn
from starlette.types import ASGIApp

from loopback.app import build_app
from loopback.certificates import Certificates
from loopback.control import build_control
from loopback.exchange import Exchange
from loopback.operation import Operator
from loopback.overlay import write_overlay
from loopback.proxy import ConnectProxy
from loopback.stop_sign import StopSign

ADDRESS = "127.0.0.1"
_READY_SECONDS = 120.0
_POLL_SECONDS = 0.01


class LoopbackServer:
    """An exchange that clients on this machine can reach.

    Use it as a context manager, or call `start` and `stop`; it runs once.

    Parameters
    ----------
    exchange
        The exchange to serve.
    proxy_port
        Port of the CONNECT proxy, 0 for any free one.
    """

    def __init__(self, exchange: Exchange, proxy_port: int = 0) -> None:
        self.exchange = exchange
        self.operator = Operator(exchange)
        self._wanted_port = proxy_port
        self._certificates = Certificates()
        self._sockets: list[socket.socket] = []
        self._ports: list[int] = []
        self._ready = threading.Event()
        self._stop = StopSign()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="loopback-exchange", daemon=True)

    @property
    def proxy_url(self) -> str:
        """Address for ccxt's `httpsProxy`, such as ``http://127.0.0.1:8899``."""
        return f"http://{ADDRESS}:{self._ports[0]}"

    @property
    def control_url(self) -> str:
        """Address of the control port."""
        return f"http://{ADDRESS}:{self._ports[2]}"

    @property
    def authority_pem(self) -> bytes:
        """The certificate authority that clients have to trust."""
        return self._certificates.authority_pem

    def write_overlay(self, path: Path) -> None:
        """Write the Freqtrade overlay for this server to `path`, the authority's certificate beside it."""
        write_overlay(path, self.proxy_url, self.authority_pem, self.exchange.source.prices)

    def start(self) -> None:
        """Bind the ports, start the thread and wait until all three answer.

        Raises
        ------
        OSError
            If the proxy's port cannot be bound.
        RuntimeError
            If the server does not come up.
        """
        self._sockets = _bind(self._wanted_port, 0, 0)
        # A closed socket has no port, but messages need the addresses after the end.
        self._ports = [listener.getsockname()[1] for listener in self._sockets]
        self._thread.start()
        if not self._ready.wait(_READY_SECONDS) or self._failure:
            self.stop()
            raise RuntimeError("the loopback exchange did not start") from self._failure

    def stop(self) -> None:
        """Close every connection and port and wait for the thread; a second call does nothing."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.stop()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # the thread's only way to reach the one that started it
            self._failure = error
        finally:
            self._ready.set()
            for listener in self._sockets:
                listener.close()

    async def _serve(self) -> None:
        proxy_socket, https_socket, control_socket = self._sockets
        https = _uvicorn(build_app(self.exchange), self._certificates.server_context())
        control = _uvicorn(build_control(self.exchange))
        proxy = ConnectProxy(https_socket.getsockname(), self.exchange.record)
        pairs = ((https, https_socket), (control, control_socket))
        tasks = [asyncio.create_task(server.serve(sockets=[listener])) for server, listener in pairs]
        try:
            await _until(lambda: (https.started and control.started) or any(task.done() for task in tasks))
            if not (https.started and control.started):
                raise RuntimeError("a server ended before it had started")
            await proxy.start(proxy_socket)
            self._ready.set()
            await self._stop.wait(*tasks)
        finally:
            await proxy.stop()
            https.should_exit = control.should_exit = True
            await asyncio.gather(*tasks)


def _bind(*ports: int) -> list[socket.socket]:
    """Return listening-ready sockets on this machine, or none at all if one port is taken."""
    bound: list[socket.socket] = []
    try:
        for port in ports:
            bound.append(socket.create_server((ADDRESS, port)))
            # Inherited by each connection. asyncio sets it only on sockets that name their protocol, and
            # without it the two parts of an answer are 40 ms apart.
            bound[-1].setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError:
        for listener in bound:
            listener.close()
        raise
    return bound


def _uvicorn(app: ASGIApp, context: ssl.SSLContext | None = None) -> uvicorn.Server:
    factory = None if context is None else (lambda _config, _default: context)
    config = uvicorn.Config(
        app,
        ssl_context_factory=factory,
        # Everything that would affect the whole process is off.
        loop="none", lifespan="off", ws="none", http="h11", log_config=None, access_log=False,
        server_header=False, timeout_graceful_shutdown=1,
    )  # fmt: skip
    return uvicorn.Server(config)


async def _until(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(_POLL_SECONDS)
