"""A data set of forged clips in the official FaceForensics++ layout, made from real clips alone.

::

    OUT/original_sequences/youtube/c23/videos/000.mp4
    OUT/manipulated_sequences/SelfBlend/c23/videos/000_001.mp4      target 000, with the face or manner of 001
    OUT/manipulated_sequences/SelfBlend/masks/videos/000_001.mp4    forged pixels, encoded without loss
    OUT/splits/train.json, val.json, test.json                      lists of pairs of numbers
    OUT/sources.csv, faces/000.json                                 where the clips are from, where their faces are

Like there, every clip has a partner and every manipulation is made both ways. c23 and c40 are x264 at CRF 23 and 40,
each encoded from the decoded or forged frames; ``raw`` is CRF 0. The forged frames are RGB with exact masks; any encode
stores colour at half the resolution, so that up to four pixels beside a mask may differ by their neighbours' colour.
"""

import hashlib
import json
import sys
import zlib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from forensiclab.core.errors import ForensicLabError, SettingsError
from forensiclab.core.files import write_whole
from forensiclab.faces.finder import FaceFinder
from forensiclab.forge.families import Family, draw
from training.datasets.manifest import csv_text
from training.datasets.shards import FAILURES_FILE, Failure, Progress, claim, read_failures, write_failures
from training.forge.face_path import MAX_POSE_DEG, FacePath, best_start, follow_face, matched
from training.forge.forged_clip import Clip, Made, Output, write_forged, write_real
from training.preparation.compress import Prepared
from training.preparation.compress_clips import find_clips

RECIPE_FILE = "forged.txt"
SPLITS = ("train", "val", "test")
_VAL_SHARE = 0.14
"""Of the clips, for ``val`` and for ``test`` each, as in FaceForensics++."""
_SPLIT_FROM = 6
"""Clips from which on there are three splits; less are all for training."""
_EXPRESSION_LAG_S = (0.8, 4.0)
"""How far away in a clip the frames are from which an expression is taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgeSettings:
    """What is made of every real clip or crop."""

    families: tuple[Family, ...] = tuple(Family)
    per_clip: int = 1
    """Forgeries of each family, of every clip or crop."""
    seed: int = 1
    crfs: tuple[int, ...] = (23, 40)
    """Of clips; 0 is called ``raw``, the others ``c`` and the number. Crops are stored without loss."""
    jobs: int = 1


def level_folder(crf: int) -> str:
    """Return the official name of a level: ``raw``, ``c23``, ``c40``."""
    return f"c{crf}" if crf else "raw"


def forge_clips(real: Path, out: Path, settings: ForgeSettings) -> Prepared:
    """Forge every clip of a folder. What is there already is kept, so that a broken run continues.

    Levels and families may be added by a later run; the seed and the clips must be the same.

    Args:
        real: A folder of real videos; nothing is written to it.
        out: A folder of its own.
        settings: What to make.

    Raises:
        SettingsError: There are no videos, less than two of them show a face, ``out`` is or lies in the data, or holds
            another data set.
    """
    paths = find_clips(real)
    numbers = _numbered(paths)
    recipe = f"forgeries of {len(paths)} videos of {real.name}, seed {settings.seed}, {settings.per_clip} a video"
    claim(out, real, RECIPE_FILE, recipe)
    _write_sources(out, real, numbers)
    with ThreadPoolExecutor(settings.jobs, thread_name_prefix="forge") as pool:
        clips, failures = _follow(numbers, out, pool)
        if len(clips) < 2:
            write_failures(out / FAILURES_FILE, failures)
            raise SettingsError(
                f"Forgeries need at least two videos that show a face; in {real} there are {len(clips)}."
                + "".join(f" {reason}" for _, reason in failures[:3])
            )
        pairs = _pairs(clips, settings, out)
        tasks = [*_real_tasks(clips, settings, out), *_forged_tasks(clips, pairs, settings, out)]
        waiting = [task for task in tasks if not task.is_done]
        kept = {task.name for task in tasks if task.is_done}
        # What an earlier run has to say about a clip that is kept still holds.
        failures += [failure for failure in read_failures(out / FAILURES_FILE) if failure[0] in kept]
        progress = Progress("clip", len(waiting))
        for number, (task, result) in enumerate(zip(waiting, pool.map(_run, waiting), strict=True), start=1):
            if isinstance(result, str):
                failures.append((task.name, result))
            progress.say(number)
    write_failures(out / FAILURES_FILE, failures)
    return Prepared(made=sum(task.is_done for task in waiting), kept=len(kept), failures=tuple(failures))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """One clip, real or forged, at all levels."""

    name: str
    outputs: tuple[Output, ...]
    mask: Output | None
    write: Callable[[Sequence[Output], Output | None], Made | None]

    @property
    def is_done(self) -> bool:
        return all(output.path.is_file() for output in (*self.outputs, *([self.mask] if self.mask else [])))


def _run(task: _Task) -> str | None:
    """Write what is missing of a clip; why that failed."""
    missing = [output for output in task.outputs if not output.path.is_file()]
    mask = task.mask if task.mask is not None and not task.mask.path.is_file() else None
    try:
        for output in (*missing, *([mask] if mask else [])):
            output.path.parent.mkdir(parents=True, exist_ok=True)
        made = task.write(missing, mask)
    except ForensicLabError as error:
        return str(error)
    except OSError as error:
        return f"It cannot be written: {error.strerror}."
    if made is not None and made.left_out is not None:
        return f"Made, but not in every frame in which the face is seen ({made.left_out})."
    return None


def _numbered(paths: Sequence[Path]) -> dict[str, Path]:
    """Give every clip three or more digits: its own, where all have such names, else by their order."""
    stems = [path.stem for path in paths]
    if all(stem.isdigit() and len(stem) >= 3 for stem in stems) and len(set(stems)) == len(stems):
        return dict(zip(stems, paths, strict=True))
    return {f"{number:03d}": path for number, path in enumerate(paths)}


def _write_sources(out: Path, real: Path, numbers: dict[str, Path]) -> None:
    rows = []
    for number, path in numbers.items():
        with path.open("rb") as file:
            rows.append((number, path.relative_to(real).as_posix(), hashlib.file_digest(file, "sha256").hexdigest()))
    write_whole(out / "sources.csv", csv_text(("number", "path", "sha256"), rows))


def _follow(numbers: dict[str, Path], out: Path, pool: ThreadPoolExecutor) -> tuple[dict[str, Clip], list[Failure]]:
    """Follow the faces of the clips, or read their paths found earlier; return those without one apart."""
    folder = out / "faces"
    folder.mkdir(exist_ok=True)
    finder = FaceFinder()
    progress = Progress("face", len(numbers))

    def follow(item: tuple[str, Path]) -> Clip | str:
        number, path = item
        stored = folder / f"{number}.json"
        try:
            if not stored.is_file():
                follow_face(path, finder).save(stored)
            return Clip(number=number, path=path, face=FacePath.load(stored))
        except ForensicLabError as error:
            return str(error)

    clips: dict[str, Clip] = {}
    failures: list[Failure] = []
    for count, (number, result) in enumerate(zip(numbers, pool.map(follow, numbers.items()), strict=True), start=1):
        if isinstance(result, str):
            failures.append((numbers[number].name, result))
        else:
            clips[number] = result
        progress.say(count)
    return clips, failures


def _pairs(clips: dict[str, Clip], settings: ForgeSettings, out: Path) -> list[tuple[str, str]]:
    """Pair clips within each split, and write the pairs as the official lists."""
    order = np.random.default_rng(settings.seed).permutation(sorted(clips)).tolist()
    held = max(2, 2 * round(len(order) * _VAL_SHARE / 2)) if len(order) >= _SPLIT_FROM else 0
    if not held:
        sys.stderr.write(
            f"Three splits need {_SPLIT_FROM} videos that show a face; all {len(order)} are for training.\n"
        )
    members = {"test": order[:held], "val": order[held : 2 * held], "train": order[2 * held :]}
    (out / "splits").mkdir(exist_ok=True)
    pairs: list[tuple[str, str]] = []
    for split in SPLITS:
        numbers = sorted(members[split])
        found = matched(numbers, [clips[number].face.appearance for number in numbers], settings.per_clip)
        write_whole(out / "splits" / f"{split}.json", json.dumps(found))
        pairs.extend(found)
    return pairs


def _real_tasks(clips: dict[str, Clip], settings: ForgeSettings, out: Path) -> Iterable[_Task]:
    for number, clip in clips.items():
        folder = out / "original_sequences" / "youtube"
        outputs = tuple(
            Output(path=folder / level_folder(crf) / "videos" / f"{number}.mp4", crf=crf) for crf in settings.crfs
        )

        def write(missing: Sequence[Output], mask: Output | None, clip: Clip = clip) -> None:
            write_real(clip, missing)

        yield _Task(name=f"original_sequences/{number}", outputs=outputs, mask=None, write=write)


def _forged_tasks(
    clips: dict[str, Clip], pairs: Sequence[tuple[str, str]], settings: ForgeSettings, out: Path
) -> Iterable[_Task]:
    for first, second in pairs:
        for target, partner in ((clips[first], clips[second]), (clips[second], clips[first])):
            for family in settings.families:
                yield _forged_task(target, partner, family, settings, out)


def _forged_task(target: Clip, partner: Clip, family: Family, settings: ForgeSettings, out: Path) -> _Task:
    name = f"{target.number}_{partner.number}"
    folder = out / "manipulated_sequences" / family.folder

    def write(missing: Sequence[Output], mask: Output | None) -> Made:
        rng = np.random.default_rng((settings.seed, zlib.crc32(f"{family} {name}".encode())))
        plan = draw(family, rng)
        return write_forged(target, plan, _donor(target, partner, family, rng), missing, mask)

    return _Task(
        name=f"{family.folder}/{name}",
        outputs=tuple(
            Output(path=folder / level_folder(crf) / "videos" / f"{name}.mp4", crf=crf) for crf in settings.crfs
        ),
        mask=Output(path=folder / "masks" / "videos" / f"{name}.mp4", crf=0),
        write=write,
    )


def _donor(target: Clip, partner: Clip, family: Family, rng: np.random.Generator) -> tuple[Clip, int] | None:
    """Return where a forgery takes other faces from, and with which of them it begins.

    Raises:
        SettingsError: The partner's head is turned too differently for its face to be laid over the target's.
    """
    match family:
        case Family.FACE_SWAP:
            difference = target.face.appearance.pose_distance_deg(partner.face.appearance)
            if difference > MAX_POSE_DEG:
                raise SettingsError(
                    f"The best partner of {target.number}, {partner.number}, has its head turned {difference:.0f} "
                    f"degrees differently; above {MAX_POSE_DEG:.0f} its face is not laid over the other."
                )
            return partner, best_start(target.face, partner.face)
        case Family.EXPRESSION:
            lag = float(rng.uniform(*_EXPRESSION_LAG_S)) * target.face.frame_rate
            return target, round(min(lag, len(target.face.seen) / 2))
        case Family.SELF_BLEND | Family.TEXTURE:
            return None
