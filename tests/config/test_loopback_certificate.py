"""loopback.json and a real TLS proxy on 127.0.0.1: both halves of ccxt trust its certificate, no other."""

import asyncio
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import ccxt
import ccxt.async_support
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.config.support import BASE, overlay, read

Ask = Callable[[dict[str, object]], int | None]
HOST = "demo-fapi.binance.com"
BODY = b'{"serverTime": 1790000000000}'


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """Write a self-signed certificate for the demo host, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    start, end = (datetime(year, 1, 1, tzinfo=UTC) for year in (2020, 2120))
    signed = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / f"{name}.pem", folder / f"{name}.key"
    public.write_bytes(signed.public_bytes(Encoding.PEM))
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return public, private


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, context: ssl.SSLContext) -> None:
    """Answer CONNECT, put TLS on the same connection, answer one request."""
    try:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await writer.drain()
        await writer.start_tls(context)
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(BODY)}\r\n"
        writer.write(head.encode() + b"Connection: close\r\n\r\n" + BODY)
        await writer.drain()
    except (OSError, asyncio.IncompleteReadError):
        return  # a client that distrusts the certificate hangs up
    finally:
        writer.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("certificates")


@pytest.fixture(scope="module")
def proxy(folder: Path) -> Iterator[int]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate(folder, "ours"))
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(
        asyncio.start_server(lambda reader, writer: serve(reader, writer, context), "127.0.0.1", 0)
    )
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    yield server.sockets[0].getsockname()[1]
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    server.close()
    loop.close()


def settings(port: int, trusted: Path) -> dict[str, object]:
    """Return the committed settings with this run's port and certificate in place of the committed ones."""
    base, loopback = (read(path)["exchange"]["ccxt_config"] for path in (BASE, overlay("loopback")))
    assert loopback["cafile"] == loopback["validateServerSsl"]
    replaced = {name: str(trusted) for name, value in loopback.items() if value == loopback["cafile"]}
    options = base["options"] | {"defaultType": "swap"}
    return base | loopback | replaced | {"httpsProxy": f"http://127.0.0.1:{port}", "options": options}


def ask(exchange_settings: dict[str, object]) -> int | None:
    return ccxt.binance(exchange_settings).fetch_time()


def ask_async(exchange_settings: dict[str, object]) -> int | None:
    async def fetch() -> int | None:
        async with ccxt.async_support.binance(exchange_settings) as exchange:
            return await exchange.fetch_time()

    return asyncio.run(fetch())


@pytest.mark.parametrize("call", [ask, ask_async])
def test_the_loopback_certificate_is_trusted(call: Ask, proxy: int, folder: Path) -> None:
    assert call(settings(proxy, folder / "ours.pem")) == 1790000000000


@pytest.mark.parametrize("call", [ask, ask_async])
def test_another_certificate_is_refused(call: Ask, proxy: int, folder: Path) -> None:
    other, _ = certificate(folder, "other")

    with pytest.raises(ccxt.BaseError, match=HOST):
        call(settings(proxy, other))


@pytest.mark.parametrize("call", [ask, ask_async])
def test_a_missing_certificate_stops_the_call(call: Ask, proxy: int, folder: Path) -> None:
    with pytest.raises((OSError, ccxt.BaseError)):
        call(settings(proxy, folder / "absent.pem"))
