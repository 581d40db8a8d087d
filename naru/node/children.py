"""Processes of the node: started by fork, so that they share what the supervisor has loaded."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable
from typing import Final

_PR_SET_PDEATHSIG: Final = 1  # <linux/prctl.h>


def start(work: Callable[[], None]) -> int:
    """Fork a child that does `work` and exits; answer its process id.

    On Linux the child is killed when its parent dies, so that a killed node leaves no port taken.
    """
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    die_with(parent)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    os._exit(_outcome(work))


def _outcome(work: Callable[[], None]) -> int:
    try:
        work()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001  # The last place where a child's error can be told.
        sys.excepthook(*sys.exc_info())
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def die_with(parent: int) -> None:
    """On Linux, have this process killed when `parent`, which forked it, dies."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # The parent died before the request was made.
        os._exit(1)
