"""What keeps a process that a tool or a test starts apart: no network, none of pytest's variables."""

import os

# Python imports this by itself: a connection or a look-up beyond this machine ends in an error and in a file.
NETWORK_GUARD = """
import sys
HERE = {"127.0.0.1", "localhost"}
def watch(event, arguments):
    if event == "socket.connect" and isinstance(arguments[1], tuple) and arguments[1][0] not in HERE:
        refuse(arguments[1][0])
    if event == "socket.getaddrinfo" and arguments[0] not in HERE:
        refuse(arguments[0])
def refuse(host):
    with open(__file__ + ".refused", "a") as log:
        print(host, file=log)
    raise OSError(f"no network from here: {host}")
sys.addaudithook(watch)
"""


def without_pytest() -> dict[str, str]:
    """Return the environment without pytest's variables: where it finds them, Freqtrade keeps no log."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
