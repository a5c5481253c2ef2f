"""The door to Dask: works on blocks, given to processes of this machine or of others, and done in order.

A work is a picklable function of a task that writes its result to a folder that all see, whole or not at all, and
returns nothing: so a worker that dies costs its block alone, and a scheduler that dies costs nothing that was written.
"""

from __future__ import annotations

import hashlib
import logging
import os
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager, suppress
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from core import __version__
from core.errors import InputError
from core.memory import reuse_freed_memory

if TYPE_CHECKING:
    from distributed import Client, Future

__all__ = ["LOCAL", "Cluster", "joined", "program", "worker_name"]

LOCAL = "local"
"""In the place of an address: processes of this machine, one for each core, with one thread each."""

AHEAD = 4
"""Blocks that wait for each thread of the cluster."""

PATIENCE, GLANCE = 60.0, 2.0
"""Seconds that a cluster may be without a worker, and between two looks at it."""

CONNECTING, STARTING = "10s", "60s"
"""How long an address may take to answer, and how long processes of this machine may take to begin."""

DEATHS, AGAIN = 9, 2
"""Deaths of workers that a block outlives each time it is given out, where the scheduler is ours, and how often it is
given out anew."""

T = TypeVar("T")

Identity = tuple[tuple[str, str], ...]


@contextmanager
def joined(address: str) -> Iterator[Cluster]:
    """Yield the cluster behind the address of a Dask scheduler, or one of this machine for ``"local"``.

    Raises
    ------
    InputError
        If Dask is not installed, nobody answers, no worker comes, or one runs something else than what runs here.
    """
    try:
        import dask
        from distributed import Client, LocalCluster
    except ImportError:
        raise InputError(
            "Work on several machines needs Dask, which is not installed here; install zpoints[cluster], or leave "
            "--scheduler out."
        ) from None
    logger = logging.getLogger("distributed")
    patience = STARTING if address == LOCAL else CONNECTING
    settings = {"distributed.comm.timeouts.connect": patience, "distributed.scheduler.allowed-failures": DEATHS}
    with ExitStack() as stack:
        stack.callback(logger.setLevel, logger.level)
        logger.setLevel(logging.CRITICAL)  # what goes wrong is said in one sentence
        stack.enter_context(dask.config.set(settings))
        try:
            if address == LOCAL:
                stack.enter_context(_environment_kept())
                ours = LocalCluster(
                    n_workers=os.cpu_count() or 1,
                    threads_per_worker=1,
                    dashboard_address="127.0.0.1:0",
                    silence_logs=logging.CRITICAL,
                )
                stack.callback(_closed, partial(ours.close, timeout=CONNECTING))
            client = Client(ours if address == LOCAL else address, timeout=CONNECTING, set_as_default=False)
        except RuntimeError as error:
            raise InputError(
                f"The processes that should share the work did not start ({_brief(error)}); repeat the command, or "
                "leave --scheduler out."
            ) from None
        except (OSError, ValueError, TypeError) as error:
            raise InputError(
                f"No scheduler of Dask answers at {address} ({_brief(error)}); start one with 'dask scheduler', or "
                "give the address that it prints, such as tcp://localhost:8786."
            ) from None
        stack.callback(_closed, partial(client.close, timeout=CONNECTING))
        cluster = Cluster(client, address)
        cluster.require_same_program()
        yield cluster


@contextmanager
def _environment_kept() -> Iterator[None]:
    """Give the environment back as it was: Dask sets variables of its workers in the process that starts them."""
    before = dict(os.environ)
    try:
        yield
    finally:
        for name in set(os.environ) - set(before):
            del os.environ[name]
        os.environ.update(before)


class Cluster:
    """Workers behind a scheduler.

    Attributes
    ----------
    address : str
        Of the scheduler, as it was given.
    dashboard : str
        Address of Dask's own dashboard, for a browser; "" where the scheduler has none.
    program : tuple of pairs of str
        What workers must run, too: packages and their versions.
    """

    def __init__(self, client: Client, address: str) -> None:
        self._client, self.address, self.program = client, address, program()
        has_one = "dashboard" in client.scheduler_info().get("services", {})
        self.dashboard = str(client.dashboard_link) if has_one else ""

    def do(self, work: Callable[[T], None], tasks: Sequence[T]) -> Iterator[T]:
        """Yield tasks in order, each when its work is done; of a few more than there are threads at a time.

        Raises
        ------
        InputError
            If a work fails, with the worker's name, or the connection is lost.
        """
        waiting: deque[tuple[T, Future[None]]] = deque()
        done = 0
        give = partial(self._client.submit, _do, self.program, work, pure=False)
        try:
            threads = max(1, sum(self._client.nthreads().values()))
            for task in tasks:
                if len(waiting) >= AHEAD * threads + 1:
                    yield self._end(give, *waiting.popleft())
                    done += 1
                waiting.append((task, give(task)))
            while waiting:
                yield self._end(give, *waiting.popleft())
                done += 1
        except (OSError, CancelledError, RuntimeError) as error:
            if isinstance(error, InputError):
                raise
            raise InputError(
                f"The connection to the scheduler {self.address} was lost after {done:,} of {len(tasks):,} blocks "
                f"({_brief(error)}); what was written is kept: start the scheduler and its workers again and repeat "
                "the command."
            ) from None
        finally:
            with suppress(Exception):  # of a connection that is lost, nothing is left to cancel
                self._client.cancel([future for _, future in waiting], force=True)

    def require_same_program(self) -> None:
        """Raise `InputError` if a worker lacks this program or has another one, or if no worker comes."""
        from distributed import TimeoutError as Late

        try:
            self._client.wait_for_workers(1, timeout=PATIENCE)
        except (Late, TimeoutError):
            raise self._nobody() from None
        for name, found in self._client.run(program, on_error="return").items():
            _require_same(name, found, self.program)

    def _end(self, give: Callable[[T], Future[None]], task: T, future: Future[None]) -> T:
        """Return a task when its work is done, given out anew where too many of those who did it died."""
        from distributed.scheduler import KilledWorker

        for again in range(AGAIN + 1):
            try:
                self._wait(future)
            except KilledWorker as error:
                if again == AGAIN:
                    raise InputError(
                        f"A block ended each worker that worked on it, the last of them {error.last_worker.address}; "
                        "give the workers more memory, look into their logs, and repeat the command: what was written "
                        "is kept."
                    ) from None
                future = give(task)
            except (ImportError, AttributeError) as error:
                raise InputError(
                    f"A worker that came later runs another zpoints than this one ({_brief(error)}); install the same "
                    "on each and repeat the command."
                ) from None
            else:
                return task
        raise AssertionError

    def _wait(self, future: Future[None]) -> None:
        """Wait for a work, and raise what it raised; raise `InputError` if there is no worker for a while."""
        alone = 0.0
        while True:
            try:
                future.result(timeout=GLANCE)
            except TimeoutError:
                if future.done():  # since then, or with such an error of its own
                    future.result()
                    return
            else:
                return
            now = time.monotonic()
            alone = 0.0 if self._client.nthreads() else alone or now
            if alone and now - alone > PATIENCE:
                raise self._nobody()

    def _nobody(self) -> InputError:
        return InputError(
            f"The scheduler {self.address} has had no worker for {PATIENCE:.0f} seconds; start some with "
            "'dask worker' and this address, and repeat the command."
        )


def _do(identity: Identity, work: Callable[[T], None], task: T) -> None:
    """Do a work on a worker; what goes wrong names the worker."""
    name = worker_name()
    _require_same(name, program(), identity)
    reuse_freed_memory()
    try:
        work(task)
    except InputError as error:
        raise InputError(f"The worker {name} says: {error}") from None
    except MemoryError:
        raise InputError(f"The worker {name} has too little memory for a block; give it more.") from None
    except OSError as error:
        raise InputError(
            f"The worker {name} cannot read or write {error.filename or 'a file'} ({error.strerror or error}); see to "
            "it there and repeat the command."
        ) from None


def worker_name() -> str:
    """Return the address of the worker that this process is."""
    from distributed import get_worker

    return str(get_worker().address)


@cache
def program() -> Identity:
    """Return what has to be the same wherever a block is worked on, for the same bytes: names and versions.

    The version of zpoints has a digest of its code behind it.
    """
    digest, core = hashlib.sha256(), Path(__file__).parent
    for path in sorted(core.rglob("*.py")):
        digest.update(f"{path.relative_to(core).as_posix()} ".encode() + path.read_bytes())
    packages = tuple((name, version(name)) for name in ("numpy", "onnxruntime", "pillow"))
    return (("zpoints", f"{__version__} ({digest.hexdigest()[:8]})"), *packages)


def _require_same(name: str, found: Any, wanted: Identity) -> None:
    if isinstance(found, Exception):
        raise InputError(f"The worker {name} cannot run zpoints ({_brief(found)}); install zpoints[cluster] there.")
    for (package, theirs), (_, ours) in zip(found, wanted, strict=True):
        if theirs != ours:
            raise InputError(
                f"The worker {name} runs {package} {theirs}, here it is {ours}, and the same bytes need the same "
                "program; install that one there."
            )


def _closed(close: Callable[[], object]) -> None:
    with suppress(Exception):  # whom nobody answers any more has nothing to say
        close()


def _brief(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), "") or type(error).__name__
