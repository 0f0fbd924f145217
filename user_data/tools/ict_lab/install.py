"""Put strategies, tools and overlays into a Freqtrade that is there: `make install FT=.../user_data`.

It can be repeated after an update and taken out again: a list of what it wrote stays in FT. What is not its
own, or was changed since, is left alone unless --force is given. Needs nothing but Python.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ict_lab.command_line import OneSentenceParser, failed
from ict_lab.errors import LabError
from ict_lab.files import write_whole
from ict_lab.places import USER_DATA

# What is installed, by folder of user_data; what a bot or a user writes beside it is not.
SHIPPED = {
    "strategies": ("ICT*.py", "ict/**/*", "ict_host/**/*"),
    "tools": ("ict_lab/**/*", "loopback/**/*"),
    "config": ("*.json", "*.csv"),
    "hyperopts": ("*.py",),
}
LIST = ".ict_ob_fvg.json"
# Freqtrade makes these itself: they stay, empty or not.
FREQTRADES = (".", "strategies", "hyperopts")
SHOWN = 5


def main(arguments: Sequence[str] | None = None) -> int:
    """Install or remove; return the exit code."""
    parser = OneSentenceParser(prog="make install", description=__doc__)
    parser.add_argument("folder", metavar="FT", help="user_data of the Freqtrade that you have")
    parser.add_argument("--force", action="store_true", help="overwrite what is not ours or was changed")
    parser.add_argument("--remove", action="store_true", help="take everything out again")
    asked = parser.parse_args(arguments)
    try:
        folder = checked(asked.folder)
        print(remove(folder) if asked.remove else install(folder, force=asked.force))
    except (LabError, OSError) as error:
        return failed("make uninstall" if asked.remove else "make install", error)
    return 0


def checked(name: str) -> Path:
    """Return the folder to install into.

    Raises
    ------
    LabError
        When it is no user_data, or our own.
    """
    folder = Path(name).expanduser().resolve()
    if not name or not (folder / "strategies").is_dir():
        raise LabError(
            f"FT must be the user_data of a Freqtrade, with a folder strategies in it, was {name or 'empty'}"
        )
    if folder == USER_DATA:
        raise LabError(f"FT must be the user_data of another Freqtrade, {folder} is this one")
    return folder


def install(folder: Path, *, force: bool = False) -> str:
    """Copy everything, and take out what an earlier version left; return what to do next.

    Raises
    ------
    LabError
        When a file there is another's, or was changed since, and force is not given.
    """
    before, now = installed(folder), shipped()
    if (theirs := _not_ours(folder, before, now)) and not force:
        raise LabError(
            f"{_named(theirs)} in {folder} {_is(theirs)} not ours, or changed: move away, or FORCE=1"
        )
    for name in now:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(USER_DATA / name, folder / name)
    _delete(folder, [name for name in _unchanged(folder, before) if name not in now])
    write_whole(folder / LIST, json.dumps(now, indent=0) + "\n")
    return (
        f"Installed {len(now)} files into {folder}. In each shell, from the folder above it:\n"
        f"  export PYTHONPATH={folder}/strategies:{folder}/tools\n"
        "  python -m ict_host.check -c config.json -c user_data/config/required.json "
        "--strategy ICTObFvgStrategy\n"
        "Again after an update; make uninstall takes them out."
    )


def remove(folder: Path) -> str:
    """Remove what was installed, except what was changed since; return what was done.

    Raises
    ------
    LabError
        When nothing is installed there.
    """
    before = installed(folder)
    if not before:
        raise LabError(f"nothing is installed in {folder}: it has no {LIST}")
    gone = _unchanged(folder, before)
    kept = sorted(name for name in before if name not in gone and (folder / name).exists())
    _delete(folder, gone)
    (folder / LIST).unlink()
    left = f" {_named(kept)} {_is(kept)} left: changed since." if kept else ""
    return f"Removed {len(gone)} files from {folder}.{left}"


def shipped() -> dict[str, str]:
    """Return what is installed: digests by the path within user_data."""
    found = {
        path for top, forms in SHIPPED.items() for form in forms for path in (USER_DATA / top).glob(form)
    }
    files = sorted(path for path in found if path.is_file() and _is_shipped(path))
    return {path.relative_to(USER_DATA).as_posix(): _digest(path) for path in files}


def installed(folder: Path) -> Mapping[str, str]:
    """Return what an earlier run wrote, as `shipped`; nothing where there was none.

    Raises
    ------
    LabError
        When its list can't be read.
    """
    if not (folder / LIST).exists():
        return {}
    try:
        read: dict[str, str] = json.loads((folder / LIST).read_text(encoding="utf-8"))
    except ValueError as error:
        raise LabError(f"{folder / LIST} can't be read: {error}") from error
    if not isinstance(read, dict):
        raise LabError(f"{folder / LIST} must be a list of files and digests, was {read!r}")
    return read


def _is_shipped(path: Path) -> bool:
    return "__pycache__" not in path.parts and ".local." not in path.name and path.suffix != ".pem"


def _not_ours(folder: Path, before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    there = {name: _digest(folder / name) for name in {**before, **now} if (folder / name).is_file()}
    return sorted(name for name, digest in there.items() if digest not in (before.get(name), now.get(name)))


def _unchanged(folder: Path, before: Mapping[str, str]) -> list[str]:
    there = [name for name in before if (folder / name).is_file()]
    return [name for name in there if _digest(folder / name) == before[name]]


def _delete(folder: Path, names: Iterable[str]) -> None:
    """Delete files, and folders that then contain only Python's cache."""
    parents = set()
    for name in names:
        (folder / name).unlink()
        parents |= {*(folder / name).relative_to(folder).parents}
    for parent in sorted(parents, key=lambda path: -len(path.parts)):
        place = folder / parent
        shutil.rmtree(place / "__pycache__", ignore_errors=True)
        if parent.as_posix() not in FREQTRADES and not any(place.iterdir()):
            place.rmdir()


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def _is(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


if __name__ == "__main__":
    sys.exit(main())
