"""What a contributor's machine may lack, and what is skipped there; nothing else may be."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

from loopback.bot_time import faketime_library

NO_BROWSER = "no Chromium is installed"
NO_CLOCK = "no libfaketime is installed"
NO_GIT = "no git is installed"
NO_LINUX = "this is not Linux"
MAY_LACK = (NO_BROWSER, NO_CLOCK, NO_GIT, NO_LINUX)

needs_clock = pytest.mark.skipif(faketime_library() is None, reason=NO_CLOCK)
needs_git = pytest.mark.skipif(shutil.which("git") is None, reason=NO_GIT)
needs_linux = pytest.mark.skipif(sys.platform != "linux", reason=NO_LINUX)

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run the browser that is installed; skip where there is none."""
    path = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if path is None:
        pytest.skip(NO_BROWSER)
    with sync_playwright() as engine:
        running = engine.chromium.launch(executable_path=path, args=list(_QUIET), timeout=180_000)
        yield running
        running.close()


def in_ci() -> bool:
    """Whether this is continuous integration, where nothing is lacking."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false")
