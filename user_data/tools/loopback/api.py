"""A plain signed client of the private routes, for tests of the raw answers."""

import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self
from urllib.parse import urlencode

import requests

from loopback import signatures
from loopback.server import LoopbackServer

URL = "https://demo-fapi.binance.com"


class Answer(NamedTuple):
    """Status, JSON and headers of an HTTP answer."""

    status: int
    body: Any
    headers: Mapping[str, str]


class Api:
    """Calls private routes as the account's owner; use it as a context manager.

    Parameters
    ----------
    server
        The exchange.
    folder
        Where the certificate authority is written.
    key, secret
        Keys; the exchange's own if None.

    Attributes
    ----------
    patience_seconds
        Timeout of a call.
    """

    patience_seconds = 120.0

    def __init__(
        self, server: LoopbackServer, folder: Path, key: str | None = None, secret: str | None = None
    ) -> None:
        settings = server.exchange.settings
        self._key, self._secret = key or settings.key, secret or settings.secret
        file = folder / "api.ca.pem"
        file.write_bytes(server.authority_pem)
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.proxies = {"https": server.proxy_url}
        self._session.verify = str(file)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._session.close()

    def get(self, path: str, **sent: object) -> Any:
        """Return the answer's JSON."""
        return self.call("GET", path, **sent).body

    def post(self, path: str, **sent: object) -> Any:
        """Return the answer's JSON."""
        return self.call("POST", path, **sent).body

    def delete(self, path: str, **sent: object) -> Any:
        """Return the answer's JSON."""
        return self.call("DELETE", path, **sent).body

    def call(self, method: str, path: str, **sent: object) -> Answer:
        """Send a signed request, the parameters of a POST in its body, and return all of the answer.

        Parameters
        ----------
        method, path
            Such as ``POST`` and ``/fapi/v1/order``.
        sent
            Parameters; a time stamp is added if there is none.
        """
        text = urlencode({"timestamp": int(time.time() * 1000), "recvWindow": 10_000, **sent})
        text += "&signature=" + signatures.sign(self._secret, text, "")
        headers = {"X-MBX-APIKEY": self._key, "Content-Type": "application/x-www-form-urlencoded"}
        query, form = (None, text) if method == "POST" else (text, None)
        response = self._session.request(
            method, URL + path, params=query, data=form, headers=headers, timeout=self.patience_seconds
        )
        return Answer(response.status_code, response.json(), response.headers)

    # The calls that most tests need.

    def order(self, symbol: str, side: str, quantity: object, price: object = None, **more: object) -> Any:
        """Place an order, at market unless it has a price (USDT); quantity in the base coin."""
        terms = (
            {"type": "MARKET"} if price is None else {"type": "LIMIT", "timeInForce": "GTC", "price": price}
        )
        sent = {"symbol": symbol, "side": side, "quantity": quantity, "newOrderRespType": "RESULT"}
        return self.post("/fapi/v1/order", **{**sent, **terms, **more})

    def stop(self, symbol: str, side: str, quantity: object, trigger: object, **more: object) -> Any:
        """Place a conditional order, a reduce-only STOP_MARKET unless `more` says otherwise."""
        sent = {
            "algoType": "CONDITIONAL", "symbol": symbol, "side": side, "type": "STOP_MARKET",
            "quantity": quantity, "triggerPrice": trigger, "reduceOnly": "true",
        }  # fmt: skip
        return self.post("/fapi/v1/algoOrder", **{**sent, **more})

    def algo(self, algo_id: int) -> Any:
        """Return a conditional order."""
        return self.get("/fapi/v1/algoOrder", algoId=algo_id)
