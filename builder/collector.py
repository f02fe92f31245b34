"""The garbage collector, at rest while much is read that is no garbage."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collection_paused() -> Iterator[None]:
    """Keep the cyclic garbage collector from walking over ever more records, none of which is garbage.

    It is then as it was before; a pause may lie within another.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
