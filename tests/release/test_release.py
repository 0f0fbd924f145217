"""Image, lock, notes and workflow of a release, as far as they can be tried without Docker and GitHub."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from ict_lab.bots.isolation import NETWORK_GUARD, without_pytest
from ict_lab.docs.commands import read
from ict_lab.release_notes import main, notes_of
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ict import __version__
from tests.support.patience import PATIENCE
from tests.support.places import REPOSITORY

DOCKERFILE = [
    (line.split(maxsplit=1)[0], line.split(maxsplit=1)[1])
    for line in re.sub(r"\\\n\s*", " ", read(REPOSITORY / "Dockerfile")).splitlines()
    if line and not line.startswith("#")
]
COMPOSE: dict[str, Any] = yaml.safe_load(read(REPOSITORY / "docker-compose.yml"))["services"]["freqtrade"]


def steps(name: str) -> list[str]:
    """Return what stands behind an instruction of the Dockerfile, in order."""
    return [words for instruction, words in DOCKERFILE if instruction == name]


def copies() -> list[tuple[list[str], str]]:
    """Return sources and target of each COPY."""
    lines = [[word for word in words.split() if not word.startswith("--")] for words in steps("COPY")]
    return [(line[:-1], line[-1]) for line in lines]


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Carry out each COPY into a folder that stands for the image's root, by what .dockerignore lets in."""
    root = tmp_path_factory.mktemp("image")
    let_in = {line[1:] for line in read(REPOSITORY / ".dockerignore").splitlines() if line.startswith("!")}
    for sources, target in copies():
        for source in sources:
            assert source in let_in
            place = root / target.lstrip("/")
            if (REPOSITORY / source).is_dir():
                ignored = shutil.ignore_patterns("*.local.*", "*.pem", "__pycache__")
                shutil.copytree(REPOSITORY / source, place, ignore=ignored)
            else:
                place.mkdir(parents=True, exist_ok=True)
                shutil.copy(REPOSITORY / source, place)
    (root / "freqtrade" / "user_data").mkdir(parents=True)
    (root / "freqtrade" / "logs").mkdir()
    return root


def environment(image: Path) -> dict[str, str]:
    """Return the image's variables, on this machine."""
    words = [word.partition("=") for line in steps("ENV") for word in shlex.split(line)]
    told = {name: value.replace("/ict/", f"{image}/ict/") for name, _, value in words}
    (image / "guard").mkdir(exist_ok=True)
    (image / "guard" / "sitecustomize.py").write_text(NETWORK_GUARD, encoding="utf-8")
    kept = {name: value for name, value in without_pytest().items() if not name.startswith("FREQTRADE__")}
    paths = f"{image / 'guard'}{os.pathsep}{told['PYTHONPATH']}"
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return kept | told | {"PYTHONPATH": paths, "PATH": path}


def run(image: Path, *words: str) -> str:
    """Run the image's entry point with words of the command line, and return what it says."""
    (entry,) = (json.loads(line) for line in steps("ENTRYPOINT"))
    done = subprocess.run(
        [*entry, *(word.replace("/ict/", f"{image}/ict/") for word in words)],
        cwd=image / "freqtrade", env=environment(image), capture_output=True, text=True, timeout=PATIENCE,
        check=False,
    )  # fmt: skip
    return done.stdout + done.stderr


def test_the_image_says_that_it_has_no_keys(image: Path) -> None:
    """Its command as it stands; the workflow looks for the same sentence."""
    (command,) = (json.loads(line) for line in steps("CMD"))
    said = run(image, *command)
    assert "The bot can't start: no API key" in said
    assert '"The bot can\'t start: no API key"' in read(REPOSITORY / ".github/workflows/release.yml")


def test_the_image_finds_strategy_and_overlays(image: Path) -> None:
    """With simulated orders it comes as far as the exchange, which is not asked here."""
    overlay = ("--config", "/ict/user_data/config/dry_run.json")
    said = run(image, "trade", "--config", "/ict/config.json", *overlay, "--strategy", "ICTObTrendStrategy")
    assert "The bot can't start: no answer from demo.binance.com" in said


def test_the_image_starts_as_compose_does() -> None:
    (command,) = (json.loads(line) for line in steps("CMD"))
    (entry,) = (json.loads(line) for line in steps("ENTRYPOINT"))
    assert steps("FROM") == [COMPOSE["image"]]
    assert entry == [word.replace("$$", "$") for word in COMPOSE["entrypoint"]]
    assert command == [word.replace("/freqtrade/", "/ict/") for word in COMPOSE["command"]]


LOCK = re.sub(r"\\\n\s*", " ", read(REPOSITORY / "requirements.lock"))
LOCKED = {
    canonicalize_name(Requirement(line.split(" --hash")[0]).name): line
    for line in LOCK.splitlines()
    if not line.startswith("#")
}


def pins(name: str) -> dict[str, str]:
    """Return the pinned versions of a file of requirements, by name."""
    wanted = [Requirement(line) for line in read(REPOSITORY / name).splitlines() if re.match(r"\w.*==", line)]
    return {canonicalize_name(one.name): str(one.specifier) for one in wanted}


def test_the_lock_is_of_the_constraints() -> None:
    """Where this fails, `make lock` was forgotten; what only Windows needs is in the lock alone."""
    locked = {name: str(Requirement(line.split(" --hash")[0]).specifier) for name, line in LOCKED.items()}
    here = pins("constraints.txt")
    assert {name: one for name, one in locked.items() if name in here and here[name] != one} == {}
    assert {*pins("requirements.txt")} <= {*locked}
    assert {name for name in locked if name not in here} == {"colorama", "winloop"}
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}", line) for line in LOCKED.values())


def test_the_notes_are_the_versions_part_of_the_changelog(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([f"v{__version__}"]) == 0
    assert "a number" in capsys.readouterr().out
    assert notes_of("2", "# A\n\n## 2 - today\n\n- b\n\n## 1\n\n- a\n") == "- b"
    assert main(["9.9"]) == 2
    assert "version must be one of 0.2.0, was 9.9" in capsys.readouterr().err


WORKFLOW: dict[str, Any] = yaml.safe_load(read(REPOSITORY / ".github/workflows/release.yml"))


def test_only_a_tag_publishes() -> None:
    jobs = WORKFLOW["jobs"]
    writes = {name: set(job.get("permissions", {}).values()) & {"write"} for name, job in jobs.items()}
    assert {name for name, found in writes.items() if found} == {"image", "publish"}
    assert jobs["publish"]["if"] == "startsWith(github.ref, 'refs/tags/v')"
    pushes = [step for step in jobs["image"]["steps"] if "docker push" in step.get("run", "")]
    assert [step["if"] for step in pushes] == ["startsWith(github.ref, 'refs/tags/v')"]


def test_the_workflows_shell_can_be_read() -> None:
    runs = [step["run"] for job in WORKFLOW["jobs"].values() for step in job["steps"] if "run" in step]
    for text in runs:
        subprocess.run(["bash", "-n"], input=text, text=True, check=True)
    targets = {name for text in runs for name in re.findall(r"make (?:--silent )?([a-z]+)", text)}
    assert {name for name in targets if f"\n{name}: " not in read(REPOSITORY / "Makefile")} == set()


def test_dependabot_looks_at_what_is_there() -> None:
    updates = yaml.safe_load(read(REPOSITORY / ".github/dependabot.yml"))["updates"]
    assert {one["package-ecosystem"] for one in updates} == {"pip", "github-actions", "docker"}
