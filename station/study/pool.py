"""Processes that have opened the workshop and use one thread each."""

from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

from station.app import Workshop
from station.config import Config
from station.core.problem import Refused, problem
from station.vision.threads import use_one_thread

_opened: list[Workshop] = []


@contextmanager
def pool(config: Config, processes: int) -> Iterator[Executor]:
    """Raises Refused where one of them is killed, as when memory runs out."""
    workers = ProcessPoolExecutor(
        processes, mp_context=get_context("spawn"), initializer=begin, initargs=(config,)
    )
    try:
        yield workers
    except BrokenExecutor:
        raise Refused(problem("A process of the study ended by itself. Is memory short?")) from None
    finally:
        workers.shutdown(cancel_futures=True)


def begin(config: Config) -> None:
    """What a process needs to be at work."""
    use_one_thread()
    _opened[:] = [Workshop.open(config)]


def opened() -> Workshop:
    """That of this process."""
    return _opened[0]
