"""Keep freed memory in the process, so that large buffers are not faulted in again at every step."""

import ctypes
import platform

_M_TRIM_THRESHOLD = -1
_M_TOP_PAD = -2
_M_MMAP_MAX = -4


def keep_freed_memory() -> bool:
    """Tell glibc to hand no freed memory back to the kernel; the same as these environment variables at start:

    ``MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=2147483647 MALLOC_TOP_PAD_=1000000000``.

    glibc otherwise returns every large buffer at once, and a network's forward pass spends most of its time in page
    faults (training on a CPU runs up to five times slower). Call it once, before the first large allocation.

    Returns:
        Whether it was done: False on other systems, where it is neither possible nor needed.
    """
    if platform.libc_ver()[0] != "glibc":
        return False
    libc = ctypes.CDLL(None)
    settings = ((_M_MMAP_MAX, 0), (_M_TRIM_THRESHOLD, 2**31 - 1), (_M_TOP_PAD, 10**9))
    accepted = [libc.mallopt(name, value) == 1 for name, value in settings]
    return all(accepted)
