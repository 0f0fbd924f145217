"""The Freqtrade configuration overlay that sends a bot to a running loopback exchange."""

import json
from pathlib import Path
from typing import Any

_OPTIONS = {"fetchCurrencies": False, "fetchMargins": False, "fetchMarkets": {"types": ["linear"]}}


def overlay(proxy_url: str, authority_file: Path, prices: str) -> dict[str, Any]:
    """Return the overlay as a dictionary in the form of Freqtrade's configuration.

    Parameters
    ----------
    proxy_url
        Address of the CONNECT proxy, such as ``http://127.0.0.1:8899``.
    authority_file
        PEM file with the certificate authority to trust.
    prices
        What the prices are, one of `loopback.market.source.Prices`: a bot says so of all that it shows.

    Notes
    -----
    Certificates are verified. ccxt's asynchronous client takes an authority as `cafile`. Its synchronous
    client passes ``verify and validateServerSsl`` to requests, which reads a path as an authority; `verify`
    must stay true for the asynchronous one, so the path goes into `validateServerSsl`.

    Without `only_from_ccxt` a download would take most candles from Binance's public archive, over the real
    network, and mix them with those served here. Websockets are not served, nor are Binance's spot and wallet
    hosts, which the options keep ccxt from asking. So the overlay works with any configuration for Binance's
    futures.
    """
    authority = str(authority_file.resolve())
    ccxt_config = {
        "httpsProxy": proxy_url,
        "cafile": authority,
        "validateServerSsl": authority,
        "options": _OPTIONS,
    }
    exchange = {"only_from_ccxt": True, "enable_ws": False, "ccxt_config": ccxt_config}
    return {"ict_prices": prices, "exchange": exchange}


def write_overlay(path: Path, proxy_url: str, authority_pem: bytes, prices: str) -> None:
    """Write the overlay to `path` and the authority's certificate beside it, as ``NAME.ca.pem``.

    Raises
    ------
    OSError
        If a file cannot be written.
    """
    authority_file = path.with_suffix(".ca.pem")
    authority_file.write_bytes(authority_pem)
    path.write_text(json.dumps(overlay(proxy_url, authority_file, prices), indent=4) + "\n", encoding="utf-8")
