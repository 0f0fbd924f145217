"""A CONNECT proxy that connects known hosts to the exchange on this machine, and refuses all others."""

import asyncio
import json
import socket
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

import h11

from loopback.hosts import is_known_authority
from loopback.record import Reason, Record

_CHUNK = 65_536
_HEAD_SECONDS = 60.0
_STATUS_TEXT = {200: b"Connection established", 400: b"Bad Request", 403: b"Forbidden"}


class ConnectProxy:
    """Forwards CONNECT to the known hosts; refuses and records everything else.

    Parameters
    ----------
    upstream
        Host and port of the exchange's HTTPS server.
    record
        Receives refusals.
    """

    def __init__(self, upstream: tuple[str, int], record: Record) -> None:
        self._upstream = upstream
        self._record = record
        self._connections: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def start(self, listener: socket.socket) -> None:
        """Accept connections on a bound socket, which then belongs to the proxy."""
        self._server = await asyncio.start_server(self._serve, sock=listener)

    async def stop(self) -> None:
        """Close the listener and every open connection."""
        if self._server is None:
            return
        self._server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            # A client may hang up at any point; that ends only its own connection.
            with suppress(OSError, TimeoutError, asyncio.CancelledError):
                await self._answer(reader, writer)
        finally:
            self._connections.discard(task)
            await _close(writer)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        protocol = h11.Connection(h11.SERVER)
        try:
            request = await asyncio.wait_for(_read_head(protocol, reader), _HEAD_SECONDS)
        except h11.RemoteProtocolError:
            self._record.refuse(Reason.MALFORMED, "unreadable request")
            return await _refuse(protocol, writer, 400, "unreadable request")
        if request is None:
            return None
        target = request.target.decode("latin-1")
        if request.method != b"CONNECT":
            self._record.refuse(Reason.MALFORMED, f"{request.method.decode('latin-1')} {target}")
            return await _refuse(protocol, writer, 403, "only CONNECT is served here")
        if not is_known_authority(target):
            self._record.refuse(Reason.HOST, target)
            return await _refuse(protocol, writer, 403, f"{target} is not served here")
        return await self._tunnel(protocol, reader, writer)

    async def _tunnel(
        self, protocol: h11.Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        far_reader, far_writer = await asyncio.open_connection(*self._upstream)
        try:
            far_writer.write(protocol.trailing_data[0])
            writer.write(_head(protocol, 200, []))
            await _either_way(
                _copy(reader, far_writer, writer.get_extra_info("socket")), _copy(far_reader, writer)
            )
        finally:
            await _close(far_writer)


async def _read_head(protocol: h11.Connection, reader: asyncio.StreamReader) -> h11.Request | None:
    """Return the request's head, or None if the client left without one."""
    while True:
        event = protocol.next_event()
        if isinstance(event, h11.Request):
            return event
        if event is not h11.NEED_DATA:
            return None
        protocol.receive_data(await reader.read(_CHUNK))


def _head(protocol: h11.Connection, status: int, headers: list[tuple[str, str]]) -> bytes:
    response = h11.Response(status_code=status, headers=headers, reason=_STATUS_TEXT[status])
    return protocol.send(response) or b""


async def _refuse(protocol: h11.Connection, writer: asyncio.StreamWriter, status: int, message: str) -> None:
    body = json.dumps({"code": -1, "msg": message}).encode()
    headers = [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
        ("Connection", "close"),
    ]
    writer.write(_head(protocol, status, headers))
    writer.write(protocol.send(h11.Data(data=body)) or b"")
    await writer.drain()


async def _copy(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, source: socket.socket | None = None
) -> None:
    """Pass bytes on until the sender ends, telling a sender behind `source` at once what has arrived."""
    while chunk := await reader.read(_CHUNK):
        if source is not None and hasattr(socket, "TCP_QUICKACK"):
            # urllib3 holds back a form until its head is acknowledged, and an acknowledgement takes 40 ms
            # unless it is requested each time.
            source.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        writer.write(chunk)
        await writer.drain()


async def _either_way(*directions: Coroutine[Any, Any, None]) -> None:
    """Run both directions until one of them ends."""
    tasks = [asyncio.create_task(direction) for direction in directions]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(OSError, asyncio.CancelledError):
        await writer.wait_closed()
