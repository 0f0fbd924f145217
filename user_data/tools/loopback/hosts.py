"""The host names that this exchange serves."""

KNOWN_HOSTS = ("demo-fapi.binance.com", "testnet.binancefuture.com", "fapi.binance.com")
HTTPS_PORT = 443


def is_known_authority(authority: str) -> bool:
    """Whether a CONNECT target such as ``fapi.binance.com:443`` is one of ours.

    Parameters
    ----------
    authority
        Host and port as the client wrote them; the port is mandatory in a CONNECT request.
    """
    host, _, port = authority.lower().rpartition(":")
    return host in KNOWN_HOSTS and port == str(HTTPS_PORT)


def is_known_host(host_header: str) -> bool:
    """Whether a Host header names one of ours, with or without the HTTPS port."""
    return is_known_authority(host_header if ":" in host_header else f"{host_header}:{HTTPS_PORT}")
