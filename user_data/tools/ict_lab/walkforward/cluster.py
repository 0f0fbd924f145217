"""Where windows run: worker processes of this machine, or those of a dask scheduler."""

from __future__ import annotations

import logging
import operator
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cloudpickle
from distributed import Client, Future, LocalCluster
from distributed.diagnostics.plugin import UploadFile

from ict_lab import processes
from ict_lab.errors import LabError
from ict_lab.walkforward import worker

PATIENCE_SECONDS = 15

# By value: the scheduler and its workers need not have this project.
for shipped in (worker, processes):
    cloudpickle.register_pickle_by_value(shipped)


@contextmanager
def connected(scheduler: str | None, workers: int, scratch: Path) -> Iterator[Client]:
    """Connect to a scheduler, or start workers here that end with this process.

    Parameters
    ----------
    scheduler : str or None
        Address such as tcp://10.0.0.5:8786; None for this machine.
    workers : int
        How many processes to start on this machine.
    scratch : pathlib.Path
        Where those put their windows.

    Raises
    ------
    LabError
        When there is no answer at the address, or no worker joins.
    """
    # dask repairs lost connections; what becomes of the windows shows them.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    if scheduler:
        with _client_of(scheduler) as client:
            yield client
        return
    with (
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            host="127.0.0.1",
            # Without an address dask would ask for a port that may be taken.
            dashboard_address="127.0.0.1:0",
            local_directory=str(scratch),
            memory_limit=None,
            silence_logs=logging.CRITICAL,
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


@contextmanager
def _client_of(scheduler: str) -> Iterator[Client]:
    try:
        client = Client(scheduler, timeout=PATIENCE_SECONDS)
    except (OSError, ValueError, TypeError) as error:
        raise LabError(
            "scheduler must be the address of a dask scheduler that answers, such as tcp://10.0.0.5:8786, "
            f"was {scheduler}: {error}"
        ) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=PATIENCE_SECONDS)
        except TimeoutError:
            raise LabError(
                f"scheduler {scheduler} has no worker; start one with `dask worker --nthreads 1 {scheduler}`"
            ) from None
        yield client


@contextmanager
def submitted(
    client: Client, bundle: Path, tasks: Sequence[Mapping[str, Any]]
) -> Iterator[dict[Future[Any], int]]:
    """Send the bundle to every worker, those that join later too, and a task a window; give the numbers."""
    client.register_plugin(UploadFile(str(bundle), load=False), name=bundle.stem)
    job = client.submit(cloudpickle.loads, cloudpickle.dumps(worker.run_window), pure=False)
    futures: dict[Future[Any], int] = {}
    for task in tasks:
        number = int(task["number"])
        # The order of time: a stopped run then has its first windows.
        once = {"pure": False, "priority": -number}
        futures[client.submit(operator.call, job, dict(task), bundle.name, **once)] = number
    try:
        yield futures
    finally:
        # A scheduler that is lost has nothing left to cancel.
        if client.status == "running":
            client.cancel([*futures, job])
            client.unregister_worker_plugin(bundle.stem)
