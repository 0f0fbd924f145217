"""The package `ict` alone: a wheel that works where nothing else of ours is."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from ict_lab.docs.commands import blocks, read

from ict import __version__
from tests.support.markets import synthetic
from tests.support.patience import PATIENCE
from tests.support.places import REPOSITORY, STRATEGIES

FOLDER = STRATEGIES / "ict"
PIP = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build it as `make wheel` does, without a network."""
    out = tmp_path_factory.mktemp("dist")
    built = [
        *PIP, "wheel", "--no-build-isolation", "--no-deps", "--no-index", "--wheel-dir", str(out),
        str(FOLDER),
    ]  # fmt: skip
    subprocess.run(built, check=True, timeout=PATIENCE)
    return next(out.iterdir())


def test_it_holds_the_package_and_nothing_else(wheel: Path) -> None:
    assert wheel.name == f"ict_ob_fvg-{__version__}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
        assert archive.read("ict/LICENSE") == (REPOSITORY / "LICENSE").read_bytes()
    sources = {f"ict/{path.relative_to(FOLDER).as_posix()}" for path in FOLDER.rglob("*.py")}
    assert names == sources | {"ict/README.md", "ict/py.typed", "ict/LICENSE"}


def test_its_own_example_runs_on_it(wheel: Path, tmp_path: Path) -> None:
    """Isolated: neither this repository nor PYTHONPATH is seen; NumPy and pandas are this Python's."""
    place = tmp_path / "site"
    subprocess.run(
        [*PIP, "install", "--no-deps", "--no-index", "--target", str(place), str(wheel)], check=True
    )
    synthetic(2000, seed=5).to_feather(tmp_path / "BTC_USDT_USDT-15m-futures.feather")
    (example,) = blocks(read(FOLDER / "PACKAGE.md"), "python")
    here = str(place)
    begun = f"import sys; sys.path.insert(0, {here!r}); import ict; assert ict.__file__.startswith({here!r})"
    ran = subprocess.run(
        [sys.executable, "-I", "-c", f"{begun}\n{example.text}"],
        cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert "ict_trend_4h" in ran.stdout


def test_what_it_depends_on_is_what_it_imports() -> None:
    project = tomllib.loads(read(FOLDER / "pyproject.toml"))["project"]
    named = {re.split(r"[<>=]", wanted)[0] for wanted in project["dependencies"]}
    imported = {
        name
        for path in FOLDER.rglob("*.py")
        for name in re.findall(r"(?m)^(?:from|import) (\w+)", read(path))
        if name not in sys.stdlib_module_names | {"ict"}
    }
    assert imported == {"numpy", "pandas", "talib"}
    assert named == {"numpy", "pandas", "TA-Lib"}


def test_the_page_names_the_wheel_that_is_built(wheel: Path) -> None:
    assert wheel.name in read(FOLDER / "PACKAGE.md")
