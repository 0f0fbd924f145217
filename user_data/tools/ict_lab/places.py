"""Where the tools are, and what lies beside them."""

import os
from pathlib import Path

TOOLS = Path(__file__).resolve().parents[1]
USER_DATA = TOOLS.parent
STRATEGIES = USER_DATA / "strategies"
CONFIG = USER_DATA / "config"
REPOSITORY = USER_DATA.parent
# By this a process finds the strategies' packages and the tools.
PYTHON_PATH = f"{STRATEGIES}{os.pathsep}{TOOLS}"
# What `make setup` writes: messages, language and risk.
OWN_OVERLAY = CONFIG / "my.local.json"
