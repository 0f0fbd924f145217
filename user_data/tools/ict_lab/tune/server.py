"""The page on this machine alone: bound to 127.0.0.1, and deaf to other sites in the same browser."""

from __future__ import annotations

import socket
from typing import Any

from flask import abort, request
from werkzeug.serving import WSGIRequestHandler, make_server

from ict_lab.tune.app import make_app
from ict_lab.tune.now_page import NowPage
from ict_lab.tune.workbench import Workbench

HOST = "127.0.0.1"
NAMES = (HOST, "localhost")


class _QuietHandler(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log no request: each movement of a slider makes several."""


class PageServer:
    """Serves the page.

    Parameters
    ----------
    workbench : Workbench
        The page's answers.
    port : int
        0 for any that is free.

    Raises
    ------
    OSError
        When the port is in use.
    """

    def __init__(self, workbench: Workbench, port: int) -> None:
        app = make_app(workbench)
        NowPage(app.server, workbench)
        # The socket is ours: where a port is in use, Werkzeug would print and exit.
        self._socket = socket.create_server((HOST, port))
        self.port: int = self._socket.getsockname()[1]
        app.server.before_request(self._refuse_others)
        self._server = make_server(
            HOST,
            self.port,
            app.server,
            threaded=True,
            request_handler=_QuietHandler,
            fd=self._socket.fileno(),
        )

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"http://{HOST}:{self.port}"

    def serve(self) -> None:
        """Serve until `close`, or an interrupt."""
        self._server.serve_forever()

    def shutdown(self) -> None:
        """End `serve` from another thread."""
        self._server.shutdown()

    def close(self) -> None:
        """Give the port back."""
        self._server.server_close()
        self._socket.close()

    def _refuse_others(self) -> Any:
        # A site may point its own name at 127.0.0.1, or post to it from a page of its own.
        hosts = {f"{name}:{self.port}" for name in NAMES}
        origin = request.headers.get("Origin")
        if request.host not in hosts or (origin and origin.removeprefix("http://") not in hosts):
            abort(403, "this page answers only to the browser on this machine")
        return None
