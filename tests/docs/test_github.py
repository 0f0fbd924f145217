"""The files for GitHub: what they call is there, and they hold no secret."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from ict_lab.docs.commands import read

from tests.support.places import REPOSITORY as ROOT

FOLDER = ROOT / ".github"
WORKFLOW: dict[str, Any] = yaml.safe_load(read(FOLDER / "workflows" / "ci.yml"))
JOB: dict[str, Any] = WORKFLOW["jobs"]["test"]
FORMS = [yaml.safe_load(read(FOLDER / "ISSUE_TEMPLATE" / name)) for name in ("bug.yml", "feature.yml")]
# What GitHub's syntax of issue forms knows, and what each kind must say.
KINDS = {
    "markdown": {"value"}, "textarea": {"label"}, "input": {"label"}, "dropdown": {"label", "options"},
    "checkboxes": {"label", "options"},
}  # fmt: skip


def test_it_runs_for_every_change_on_the_documented_pythons() -> None:
    # YAML 1.1 reads the key `on` as a truth value.
    triggers = WORKFLOW[True]
    assert triggers["push"]["branches"] == ["main"]
    assert "pull_request" in triggers
    pythons = JOB["strategy"]["matrix"]["python"]
    assert all(isinstance(version, str) for version in pythons), "3.10 without quotes would be 3.1"
    least = re.search(r"Python (3\.\d+) or newer", read(ROOT / "README.md"))
    assert least
    assert pythons[0] == least[1]


PINNED = r"actions/[\w-]+@v\d+"


def read_by_the_shell(*runs: str) -> None:
    subprocess.run(["bash", "-n"], input="\n".join(runs), text=True, check=True)


def test_it_calls_the_same_command_as_everybody() -> None:
    """By actions of pinned versions; its cache follows the requirements."""
    runs = [step["run"] for step in JOB["steps"] if "run" in step]
    assert runs[-1].strip() == ".ci/run"
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    read_by_the_shell(read(script))
    assert "make test" in read(script)
    read_by_the_shell(*runs)
    used = [step["uses"] for step in JOB["steps"] if "uses" in step]
    assert used
    assert all(re.fullmatch(PINNED, action) for action in used)
    given = next(step["with"] for step in JOB["steps"] if "setup-python" in step.get("uses", ""))
    assert all(list(ROOT.glob(pattern)) for pattern in given["cache-dependency-path"].split())
    assert given["python-version"] == "${{ matrix.python }}"


@pytest.mark.parametrize("name", ["ci.yml", "nightly.yml"])
def test_it_may_only_read_and_needs_no_secret(name: str) -> None:
    text = read(FOLDER / "workflows" / name)
    assert yaml.safe_load(text)["permissions"] == {"contents": "read"}
    assert "secrets." not in text


def test_each_night_it_runs_in_two_orders() -> None:
    nightly = yaml.safe_load(read(FOLDER / "workflows" / "nightly.yml"))
    job = nightly["jobs"]["orders"]
    assert nightly[True]["schedule"]
    assert len(set(job["strategy"]["matrix"]["order"])) == 2
    assert job["steps"][-1]["run"] == ".ci/run"
    assert "${{ matrix.order }}" in job["steps"][-1]["env"]["PYTEST_ADDOPTS"]
    (line,) = [line for line in read(ROOT / ".ci" / "run").splitlines() if line.startswith("export PYTEST")]
    shown = ["bash", "-c", f'{line}; printf %s "$PYTEST_ADDOPTS"']
    assert subprocess.check_output(shown, env={"PYTEST_ADDOPTS": "--of-the-night"}) == b"--of-the-night"
    assert [step.get("uses") for step in job["steps"]] == [step.get("uses") for step in JOB["steps"]]


NEWEST: dict[str, Any] = yaml.safe_load(read(FOLDER / "workflows" / "newest.yml"))


def test_a_job_that_may_fail_runs_the_newest_freqtrade_each_night() -> None:
    assert re.fullmatch(r"\d+ \d+ \* \* \*", NEWEST[True]["schedule"][0]["cron"])
    assert NEWEST["permissions"] == {"contents": "read"}
    (job,) = NEWEST["jobs"].values()
    assert job["continue-on-error"] is True
    runs = [step["run"] for step in job["steps"] if "run" in step]
    read_by_the_shell(*runs)
    assert "install --upgrade --pre 'freqtrade[hyperopt]'" in runs[0]
    tested = [word for word in runs[-1].split() if word.startswith("tests/")]
    assert tested
    assert all((ROOT / folder).is_dir() for folder in tested)
    assert all(re.fullmatch(PINNED, step["uses"]) for step in job["steps"] if "uses" in step)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form["name"])
def test_a_form_is_one_and_names_files_that_are_there(form: dict[str, Any]) -> None:
    assert {"name", "description", "body"} <= set(form)
    ids = [part["id"] for part in form["body"] if part["type"] != "markdown"]
    assert len(ids) == len(set(ids))
    assert all(KINDS[part["type"]] <= set(part["attributes"]) for part in form["body"])
    assert all((ROOT / path).exists() for path in re.findall(r"docs/\w+\.md", yaml.safe_dump(form)))
    names = {path.name for path in Path(FOLDER / "ISSUE_TEMPLATE").iterdir()}
    assert names == {"bug.yml", "feature.yml", "config.yml"}, "every template is checked here"
    config = yaml.safe_load(read(FOLDER / "ISSUE_TEMPLATE" / "config.yml"))
    assert config["blank_issues_enabled"] is False
    assert all({"name", "url", "about"} == set(link) for link in config["contact_links"])
