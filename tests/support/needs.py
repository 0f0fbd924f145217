"""What a contributor's machine may lack, and what is skipped there; nothing else may be."""

import os
import shutil
import sys

import pytest

from loopback.bot_time import faketime_library

NO_BROWSER = "no Chromium is installed"
NO_CLOCK = "no libfaketime is installed"
NO_GIT = "no git is installed"
NO_LINUX = "this is not Linux"
MAY_LACK = (NO_BROWSER, NO_CLOCK, NO_GIT, NO_LINUX)

needs_clock = pytest.mark.skipif(faketime_library() is None, reason=NO_CLOCK)
needs_git = pytest.mark.skipif(shutil.which("git") is None, reason=NO_GIT)
needs_linux = pytest.mark.skipif(sys.platform != "linux", reason=NO_LINUX)


def in_ci() -> bool:
    """Whether this is continuous integration, where nothing is lacking."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false")
