"""Runs: on this machine and on others, stopped, killed, resumed; always the same answer.

Freqtrade is a stand-in here that writes the same files; dask, the processes and the files are real.
"""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import psutil
import pytest
from ict_lab.trials import TrialLog

from tests.support.patience import wait_for
from tests.support.places import REPOSITORY, SHIPPED
from tests.walkforward.machines import Machines
from tests.walkforward.stand_in import Scene

EPOCHS, WINDOWS = 5, 4


def variants_in(scene: Scene, name: str) -> set[tuple[str, str, int]]:
    trials = TrialLog(scene.folder / name / "trials.jsonl").read()
    assert len(trials) == WINDOWS * EPOCHS
    return {(trial.parameters, trial.timerange, trial.trades) for trial in trials}


def test_a_run_whose_worker_is_killed_ends_with_the_same_answer(
    scenes: Callable[..., Scene], machines: Machines
) -> None:
    scene = scenes()
    assert scene.run("whole", "--workers", "2", "--ship") == 0
    scene.behave(seconds=1)
    doomed, survivor = machines.add_worker(), machines.add_worker()
    killed: list[int] = []

    def kill() -> None:
        killed.extend(scene.wait_for_mark(f"{doomed.pid}-"))
        os.kill(doomed.pid, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    assert scene.run("killed", "--scheduler", machines.address) == 0
    killer.join()
    assert doomed.wait() == -signal.SIGKILL
    assert survivor.poll() is None
    assert scene.windows("killed") == scene.windows("whole")
    assert [window["state"] for window in scene.windows("whole")] == ["done"] * WINDOWS
    assert variants_in(scene, "killed") == variants_in(scene, "whole")
    # A search of the first run for each window, one again for each, and the one that was killed.
    assert scene.begun() == 2 * WINDOWS + len(killed)
    assert len(killed) == 1
    assert not psutil.pid_exists(killed[0])
    assert not (scene.folder / "ended" / str(killed[0])).exists(), "it outlived its worker"


@contextmanager
def listening(scene: Scene) -> Iterator[set[str]]:
    """Collect where this process and its children listen: who reaches a dask scheduler may run anything."""
    heard: set[str] = set()

    def listen() -> None:
        scene.wait_for_mark("")
        for process in (psutil.Process(), *psutil.Process().children(recursive=True)):
            with suppress(psutil.Error):
                ports = process.net_connections("tcp")
                heard.update(port.laddr.ip for port in ports if port.status == psutil.CONN_LISTEN)

    listener = threading.Thread(target=listen)
    listener.start()
    yield heard
    listener.join()


def test_the_tests_use_what_their_own_search_chose(scenes: Callable[..., Scene]) -> None:
    """Those of an earlier search, beside the strategy, neither count nor change."""
    scene = scenes()
    earlier = scene.folder / "code" / "ICTObFvgStrategy.json"
    earlier.write_text("no JSON", encoding="utf-8")
    with listening(scene) as heard:
        assert scene.run("run", "--workers", "1", "--ship") == 0
    assert heard == {"127.0.0.1"}
    assert earlier.read_text(encoding="utf-8") == "no JSON"
    for window in scene.windows("run"):
        folder = scene.folder / "run" / "windows" / f"{window['number']:03}"
        chosen = json.loads((folder / "ICTObFvgStrategy.json").read_text(encoding="utf-8"))
        assert window["parameters"]["exits"] == chosen["exits"]
        lines = (folder / "strategy.fthypt").read_text(encoding="utf-8").splitlines()
        losses = {json.loads(line)["loss"]: json.loads(line)["params_details"] for line in lines}
        assert losses[min(losses)] == {"exits": window["parameters"]["exits"]}
        assert window["tested"]["trades"] == window["searched"]["trades"] == 3
        assert (scene.folder / "run" / window["export"]).exists()
    assert len({window["parameters"]["exits"]["risk_reward"] for window in scene.windows("run")}) > 1
    report = (scene.folder / "run" / "report.md").read_text(encoding="utf-8")
    assert f"only {3 * WINDOWS} trades, of " in report, "the tests together, with what their mean shows"


def test_what_failed_and_what_found_nothing_is_shown_and_resumed(
    scenes: Callable[..., Scene], capsys: pytest.CaptureFixture[str]
) -> None:
    windows = {1: "1704153600", 2: "1704326400"}
    scene = scenes(empty=[windows[1]], broken=[windows[2]])
    assert scene.run("run", "--workers", "1", "--ship") == 1
    said = capsys.readouterr().out
    assert "1 searches found nothing to test" in said
    assert "Window 2: freqtrade hyperopt ended without a result: the stand-in was told to fail" in said
    first = scene.windows("run")
    assert [window["state"] for window in first] == ["no_result", "failed", "done", "done"]
    assert (first[0]["epochs"], first[0]["tested"]["trades"]) == (EPOCHS, 0)
    # Mended, only the one that failed runs again; and then none.
    scene.behave()
    begun = scene.begun()
    assert scene.run("run", "--workers", "1", "--ship") == 0
    assert scene.begun() == begun + 1
    second = scene.windows("run")
    assert [window["state"] for window in second] == ["no_result", "done", "done", "done"]
    assert [second[at] for at in (0, 2, 3)] == [first[at] for at in (0, 2, 3)]
    variants_in(scene, "run")
    capsys.readouterr()
    assert scene.run("run") == 0
    assert "4 windows over 20240102-20240113, 4 of them finished before" in capsys.readouterr().out
    assert scene.begun() == begun + 1


def test_a_stopped_run_leaves_no_process_and_goes_on(scenes: Callable[..., Scene]) -> None:
    scene = scenes(seconds=0.5)
    for window, stop, code in ((1, signal.SIGINT, 130), (2, signal.SIGKILL, -signal.SIGKILL)):
        assert stopped_after(scene, window, stop) == code
    begun = scene.begun()
    assert scene.run("run", "--workers", "1", "--ship") == 0
    assert [window["state"] for window in scene.windows("run")] == ["done"] * WINDOWS
    # What was finished before was not run again: two windows at most were left.
    assert scene.begun() - begun <= 2
    variants_in(scene, "run")


def stopped_after(scene: Scene, window: int, stop: int) -> int:
    """Run as a process until a window is kept and the next has begun; stop it and all that it started."""
    code = (
        "import sys; from pathlib import Path; from tests.walkforward.stand_in import Scene\n"
        f"sys.exit(Scene(Path({str(scene.folder)!r})).run('run', '--workers', '1', '--ship'))"
    )
    paths = os.pathsep.join((str(REPOSITORY), SHIPPED))
    begun = scene.begun()
    with subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": paths},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        wait_for(lambda: scene.is_done("run", window) and scene.begun() > begun + 1)
        children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(stop)
    wait_for(lambda: not any(child.is_running() for child in children))
    return process.returncode


@pytest.mark.parametrize(("options", "sentence"), [
    (["--scheduler", "nowhere"], "must be the address of a dask scheduler that answers, such as tcp:"),
    (["--workers", "0"], "workers must be 1 or more, was 0"),
    (["--epochs", "0"], "epochs must be 1 or more, was 0"),
    (["--train-days", "12"], "together must be between 2 and the 11 days of 20240102-20240113"),
    (["--timerange", "20231201-20240110"], "must lie in the candles of 20231220-20240115, was 20231201-"),
    (["--pairs", "XRP/USDT:USDT"], ", was XRP/USDT:USDT"),
    (["--datadir", "nowhere"], "datadir must be a folder with candles of contracts, was nowhere"),
    (["--strategy-path", "nowhere"], "strategy must be a class in nowhere, was ICTObFvgStrategy"),
    (["--config", "nowhere.json"], "no configuration file at nowhere.json"),
    (["--folder", "/proc/nowhere"], "/proc/nowhere"),
])  # fmt: skip
def test_what_cannot_be_run_is_said(
    options: list[str], sentence: str, scenes: Callable[..., Scene], monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setattr("ict_lab.walkforward.cluster.PATIENCE_SECONDS", 1)
    assert scenes().run("run", *options) == 2
    said = "".join(capsys.readouterr())
    assert sentence in said
    assert "Traceback" not in said


def test_a_scheduler_without_workers_is_said(
    scenes: Callable[..., Scene], machines: Machines, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setattr("ict_lab.walkforward.cluster.PATIENCE_SECONDS", 1)
    assert scenes().run("run", "--scheduler", machines.address) == 2
    assert "has no worker; start one with `dask worker --nthreads 1 tcp://127.0.0.1" in "".join(
        capsys.readouterr()
    )
