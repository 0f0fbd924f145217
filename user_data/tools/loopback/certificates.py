"""A throw-away certificate authority and the certificate for the known hosts."""

import ssl

import trustme

from loopback.hosts import KNOWN_HOSTS


class Certificates:
    """One authority with one server certificate; both exist only in this object's memory."""

    def __init__(self) -> None:
        self._authority = trustme.CA(organization_name="Loopback exchange, for tests only")
        self._leaf = self._authority.issue_cert(*KNOWN_HOSTS)

    @property
    def authority_pem(self) -> bytes:
        """The authority's public certificate, which clients must trust."""
        return self._authority.cert_pem.bytes()

    def server_context(self) -> ssl.SSLContext:
        """Return a TLS context for the known hosts."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._leaf.configure_cert(context)
        return context
