"""Many analyses in one process: ``python -m tests.hostile.soak --analyses 200``.

Whole and damaged clips and stills are analysed one after the other; memory, open files and threads must stay flat.
"""

import argparse
import contextlib
import gc
import io
import os
import shutil
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.hostile.campaign import prepare
from tests.hostile.mutations import damaged


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What the process holds after an analysis."""

    resident_mib: float
    open_files: int
    threads: int


def state_now() -> State:
    """What this process holds now."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return State(
        resident_mib=pages * os.sysconf("SC_PAGESIZE") / 2**20,
        open_files=len(list(Path("/proc/self/fd").iterdir())),
        threads=threading.active_count(),
    )


def soak(analyses: int, home: Path, *, seconds: float = float("inf")) -> list[State]:
    """Analyse so many files; the state after each of them."""
    from forensiclab.__main__ import main
    from tests.hostile.seeds import make_seeds

    make_seeds(home / "seeds")
    files = [path for kind in ("video", "still") for path in sorted((home / "seeds" / kind).iterdir())]
    began, states = time.monotonic(), []
    for number in range(analyses):
        source = files[number % len(files)]
        exhibit = home / f"exhibit-{source.name}"
        content = source.read_bytes()
        exhibit.write_bytes(damaged(content, np.random.default_rng(number)) if number % 3 == 2 else content)
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            main(["analyze", str(exhibit), "--device", "cpu", "--detectors", "seeded", "--json", str(home / "r.json")])
        states.append(state_now())
        if time.monotonic() - began > seconds:
            break
    return states


def is_flat(states: list[State]) -> bool:
    """Whether the last quarter holds no more than the second one: files and threads exactly, memory within 5 %."""
    quarter = len(states) // 4
    before, after = states[quarter : 2 * quarter], states[-quarter:]
    return (
        max(state.open_files for state in after) <= max(state.open_files for state in before)
        and max(state.threads for state in after) <= max(state.threads for state in before)
        and np.median([state.resident_mib for state in after])
        <= 1.05 * np.median([state.resident_mib for state in before])
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--analyses", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="begin no analysis after this time")
    options = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="forensiclab-soak-"))
    prepare(home)
    try:
        states = soak(options.analyses, home, seconds=options.seconds)
    finally:
        shutil.rmtree(home)
    print("| after | resident MiB | open files | threads |\n|---|---|---|---|")
    for place in sorted({0, *(len(states) * part // 4 - 1 for part in (1, 2, 3, 4))}):
        state = states[place]
        print(f"| {place + 1} | {state.resident_mib:.0f} | {state.open_files} | {state.threads} |")
    print("flat" if is_flat(states) else "NOT FLAT")
    return 0 if is_flat(states) else 1


if __name__ == "__main__":
    sys.exit(main())
