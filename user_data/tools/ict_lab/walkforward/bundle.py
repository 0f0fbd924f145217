"""What a worker needs, in one archive: strategies, losses, configuration and, if requested, candles."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from freqtrade.configuration.load_config import load_config_file

from ict_lab.errors import LabError
from ict_lab.places import TOOLS

# An old date for all: the same files make the same archive.
EPOCH = (1980, 1, 1, 0, 0, 0)
# The replay, where it trades the epochs.
REPLAY = ("ict_lab/*.py", "ict_lab/replay/*.py", "ict_lab/runs/*.py", "ict_lab/statistics/*.py")
# All that a window needs of the tools besides.
WINDOW = ("ict_lab/__init__.py", "ict_lab/walkforward/__init__.py", "ict_lab/walkforward/window.py")


def bundled_files(
    strategies: Path, hyperopts: Path, configs: Sequence[Path], *, with_replay: bool = False
) -> dict[str, Path]:
    """Collect code and configuration: name in the archive -> file.

    The strategies' own JSON files stay behind: each window begins with the defaults, or with what the
    configuration says.

    Raises
    ------
    LabError
        When a folder or a file is not there.
    """
    needed = [TOOLS / name for name in WINDOW]
    needed += [path for pattern in REPLAY if with_replay for path in sorted(TOOLS.glob(pattern))]
    files = {f"tools/{path.relative_to(TOOLS).as_posix()}": path for path in needed}
    for name, folder in (("strategies", strategies), ("hyperopts", hyperopts)):
        if not folder.is_dir():
            raise LabError(f"no folder of {name} at {folder}")
        for path in sorted(folder.rglob("*.py")):
            files[f"{name}/{path.relative_to(folder).as_posix()}"] = path
    for number, path in enumerate(configs):
        if not path.is_file():
            raise LabError(f"no configuration file at {path}")
        files[f"config/{number:02}-{path.name}"] = path
        files |= _added(path, "config")
    return files


def _added(path: Path, folder: str) -> dict[str, Path]:
    """Collect what a configuration adds by `add_config_files`, from beside it."""
    found: dict[str, Path] = {}
    for name in load_config_file(str(path)).get("add_config_files", []):
        found |= {f"{folder}/{name}": path.parent / name, **_added(path.parent / name, folder)}
    return found


def digest_of(files: Mapping[str, Path]) -> str:
    """Hash names and contents."""
    whole = hashlib.sha256()
    for name, path in sorted(files.items()):
        whole.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return whole.hexdigest()[:16]


def write_bundle(files: Mapping[str, Path], target: Path) -> None:
    """Write the archive."""
    with zipfile.ZipFile(target, "w") as archive:
        for name, path in sorted(files.items()):
            # Candles are compressed already.
            packed = zipfile.ZIP_STORED if name.startswith("data/") else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name, EPOCH), path.read_bytes(), packed)
