"""Hostile inputs against the command line: ``python -m tests.hostile.campaign --cases 200 --seed 1``.

Everything is imported once; every case runs in a process of its own that is forked off, with bounded time and memory.
A case is held if the process ends by itself with a documented exit code, says why where it failed, shows no traceback
and no control character, and leaves the evidence as it was.
"""

import argparse
import hashlib
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from tests.hostile.mutations import damaged, hostile_name

KINDS = ("video", "still", "weights", "card", "settings", "name")
SHARES = (0.52, 0.2, 0.1, 0.08, 0.06, 0.04)
TIME_LIMIT_S = 120
MEMORY_LIMIT_BYTES = 3 << 30
"""Largest resident size of a case and of what it starts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One input and the command that is given it."""

    number: int
    kind: str
    folder: Path
    evidence: Path
    arguments: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a case ended."""

    case: Case
    end: str
    """``result``, ``not assessable``, ``sentence``, or what was wrong."""
    is_held: bool
    seconds: float
    peak_bytes: int


def make_case(number: int, seed: int, seeds: Path, home: Path) -> Case:
    """Make the input of a case; the same number and seed give the same one."""
    random = np.random.default_rng((seed, number))
    kind = str(random.choice(KINDS, p=SHARES))
    folder = home / f"case-{number}"
    folder.mkdir()
    usual = ("--device", "cpu", "--sampling", "per-track:2", "--detectors", "seeded")
    outputs = ("--json", str(folder / "r.json"), "--report", str(folder / "r.pdf"))
    source = _source(kind, seeds, random)
    environment: dict[str, str] = {}
    if kind in ("video", "still"):
        evidence = folder / source.name
        evidence.write_bytes(damaged(source.read_bytes(), random))
        command = ("analyze", str(evidence), *usual, *(outputs if random.random() < 0.3 else outputs[:2]))
    elif kind == "name":
        evidence = folder / "in" / os.fsdecode(hostile_name(random, source.suffix.encode()))
        evidence.parent.mkdir()
        shutil.copyfile(source, evidence)
        command = ("analyze", str(evidence.parent), *usual, *(outputs if random.random() < 0.5 else outputs[:2]))
    elif kind == "weights":
        evidence = folder / source.name
        evidence.write_bytes(damaged(source.read_bytes(), random))
        environment["FORENSICLAB_WEIGHTS"] = str(folder / "home")
        command = ("models", "import", str(evidence), "--method", "meso_inception4", "--name", "w", "--allow-pickle")
    elif kind == "card":
        shutil.copytree(seeds / "card" / "seeded", folder / "home" / "seeded")
        evidence = folder / "home" / "seeded" / "card.json"
        evidence.write_bytes(damaged(evidence.read_bytes(), random))
        environment["FORENSICLAB_WEIGHTS"] = str(folder / "home")
        command = ("models", *random.choice(("list", "verify seeded", "show seeded")).split())
    else:
        evidence = folder / "settings.toml"
        evidence.write_bytes(damaged(source.read_bytes(), random))
        environment["FORENSICLAB_CONFIG"] = str(folder)
        command = ("analyze", str(seeds / "still" / "still.png"), "--device", "cpu", "--detectors", "seeded")
    return Case(number=number, kind=kind, folder=folder, evidence=evidence, arguments=command, environment=environment)


def _source(kind: str, seeds: Path, random: np.random.Generator) -> Path:
    sources = sorted((seeds / {"name": "still", "card": "settings"}.get(kind, kind)).iterdir())
    return sources[int(random.integers(len(sources)))]


def run_case(case: Case) -> Outcome:
    """Run one case in a process of its own, and judge how it ended."""
    before = hashlib.sha256(case.evidence.read_bytes()).digest()
    began = time.monotonic()
    process = os.fork()
    if process == 0:
        _be_the_program(case)
    ended, status, usage = _wait(process, began + TIME_LIMIT_S)
    seconds, peak = time.monotonic() - began, usage.ru_maxrss * 1024 if usage else 0
    out, err = (_read(case.folder / name) for name in ("out", "err"))
    end, is_held = _judge(case, ended, status, out, err)
    if is_held and hashlib.sha256(case.evidence.read_bytes()).digest() != before:
        end, is_held = "the evidence was changed", False
    if is_held and peak > MEMORY_LIMIT_BYTES:
        end, is_held = f"{peak >> 20} MiB of memory", False
    return Outcome(case=case, end=end, is_held=is_held, seconds=seconds, peak_bytes=peak)


def _be_the_program(case: Case) -> None:
    """Become the program; never returns."""
    code = 70
    try:
        os.setpgid(0, 0)
        os.environ.update(case.environment)
        for number, name in ((1, "out"), (2, "err")):
            file = os.open(case.folder / name, os.O_WRONLY | os.O_CREAT)
            os.dup2(file, number)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        from forensiclab.__main__ import main

        code = main(list(case.arguments))
        sys.stdout.flush()
        sys.stderr.flush()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 70
    except BaseException:
        import traceback

        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _wait(process: int, until: float) -> tuple[bool, int, resource.struct_rusage | None]:
    """Wait for a process, and end it and what it started if it takes too long."""
    pause = 0.005
    while time.monotonic() < until:
        done, status, usage = os.wait4(process, os.WNOHANG)
        if done:
            return True, status, usage
        time.sleep(pause)
        pause = min(0.1, pause * 1.3)
    os.killpg(process, signal.SIGKILL)
    _, status, usage = os.wait4(process, 0)
    return False, status, usage


def _judge(case: Case, ended: bool, status: int, out: bytes, err: bytes) -> tuple[str, bool]:
    if not ended:
        return f"hung for {TIME_LIMIT_S} s", False
    if os.WIFSIGNALED(status):
        return f"killed by {signal.Signals(os.WTERMSIG(status)).name}", False
    code = os.WEXITSTATUS(status)
    if code not in (0, 1, 3):
        return f"exit code {code}", False
    if b"Traceback" in out + err or b"Exception ignored" in err:
        return "traceback", False
    if any(mark in out + err for mark in (b"\x1b", b"\x07", b"\n  Verdict: supports authenticity\n  Verdict")):
        return "control characters", False
    if code == 1 and b"forensiclab: " not in err and b"FAILED" not in out:
        return "failed without a sentence", False
    if (
        case.kind == "weights"
        and code == 1
        and (case.folder / "home").exists()
        and any((case.folder / "home").iterdir())
    ):
        return "something is left of a failed import", False
    return {0: "result", 1: "sentence", 3: "not assessable"}[code], True


def _read(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def campaign(cases: int, seed: int, home: Path, *, first: int = 0) -> Iterator[Outcome]:
    """Run cases one after the other; what held is removed, what did not stays for a look."""
    seeds = home / "seeds"
    process = os.fork()
    if process == 0:
        try:
            from tests.hostile.seeds import make_seeds

            make_seeds(seeds)
            os._exit(0)
        finally:
            os._exit(1)
    if os.waitpid(process, 0)[1] != 0:
        raise RuntimeError("the seeds could not be made")
    for number in range(first, first + cases):
        case = make_case(number, seed, seeds, home)
        outcome = run_case(case)
        if outcome.is_held:
            shutil.rmtree(case.folder)
        yield outcome


def summary(outcomes: list[Outcome]) -> str:
    """A table: kinds of input, how they ended."""
    counts = Counter((outcome.case.kind, outcome.end) for outcome in outcomes)
    ends = sorted({end for _, end in counts})
    lines = [f"| input | cases | {' | '.join(ends)} |", f"|---|---|{'---|' * len(ends)}"]
    for kind in KINDS:
        row = [counts[kind, end] for end in ends]
        if sum(row):
            lines.append(f"| {kind} | {sum(row)} | {' | '.join(map(str, row))} |")
    return "\n".join(lines)


def prepare(home: Path) -> None:
    """Import the program once, and point it at folders of its own."""
    os.environ.update(
        FORENSICLAB_WEIGHTS=str(home / "seeds" / "card"),
        FORENSICLAB_CONFIG=str(home / "config"),
        XDG_CACHE_HOME=str(home / "cache"),
        XDG_DATA_HOME=str(home / "data"),
        OMP_NUM_THREADS="1",
    )
    import torch

    torch.set_num_threads(1)
    import forensiclab.analysis.analyze
    import forensiclab.cli.analyze
    import forensiclab.cli.models
    import forensiclab.cli.summary
    import forensiclab.detectors.foreign_weights
    import forensiclab.detectors.importing
    import forensiclab.detectors.meso_inception4
    import forensiclab.faces.finder
    import forensiclab.report.pdf
    import forensiclab.report.result_json  # noqa: F401


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--first", type=int, default=0, help="number of the first case, to repeat one")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="begin no case after this time")
    options = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="forensiclab-hostile-"))
    prepare(home)
    began, outcomes = time.monotonic(), []
    for outcome in campaign(options.cases, options.seed, home, first=options.first):
        outcomes.append(outcome)
        if not outcome.is_held:
            print(f"case {outcome.case.number} ({outcome.case.kind}): {outcome.end}: {outcome.case.folder}", flush=True)
        if time.monotonic() - began > options.seconds:
            break
    bad = [outcome for outcome in outcomes if not outcome.is_held]
    if not bad:
        shutil.rmtree(home)
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    print(summary(outcomes))
    print(
        json.dumps(
            {
                "date": datetime.now(UTC).date().isoformat(),
                "commit": commit.stdout.strip(),
                "seed": options.seed,
                "cases": len(outcomes),
                "not held": len(bad),
                "minutes": round((time.monotonic() - began) / 60, 1),
                "slowest_s": round(max(outcome.seconds for outcome in outcomes), 1),
                "peak_mib": max(outcome.peak_bytes for outcome in outcomes) >> 20,
            }
        )
    )
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
