"""Python's garbage collector, kept out of the way of what is loaded once and stays."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def resting() -> Iterator[None]:
    """Nothing is collected while the block loads modules, and what it leaves is never looked at again.

    Modules make many objects and next to no garbage; the collector would walk them over and over, which is a
    fifth of the time that loading the product takes. Put aside before a process forks, their memory also
    stays shared.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()
