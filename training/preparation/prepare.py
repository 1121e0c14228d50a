"""Preparing a data set: from listed videos to folders of face crops, in parallel, to be broken off and continued."""

import hashlib
import math
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, fields, replace
from multiprocessing import get_context, parent_process
from pathlib import Path
from shutil import rmtree
from threading import Thread

import cv2
import msgspec

from forensiclab.core.errors import SettingsError
from forensiclab.core.files import write_whole
from training.datasets.crops import INDEX_FILE, CropFolder
from training.datasets.manifest import MANIFEST_FILE, VideoEntry, csv_text, manifest_text
from training.datasets.shards import FAILURES_FILE, Failure, Progress, claim, merge_failures, shard_name, whole_shard
from training.preparation.face_crops import CropSettings, FaceSource, ProgramFinder
from training.preparation.face_groups import Group, GroupRecord, IndexRow, Problem, make_groups, member_name
from training.preparation.group_crops import GroupPreparation

MARKER_FILE = "prepared.txt"
NOTES_FILE = "notes.csv"
WORK_FOLDER = "work"
SHARD_CROPS = 2000
"""Crops of one compression in an archive, about."""
_MAX_SHARDS = 150
"""A folder of crops keeps all its archives open, and systems allow a few hundred open files."""

_Folders = Mapping[str | None, Path]
"""Compression -> its folder of crops."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedCrops:
    """What there is after a run."""

    folders: tuple[Path, ...]
    """The folders of crops, one per compression."""
    real: int
    forged: int
    """Crops in all of them."""
    made: int
    kept: int
    """Groups of videos that this run prepared, and that earlier runs had."""
    failures: tuple[Failure, ...]
    notes: tuple[Failure, ...]


def prepare(
    entries: Sequence[VideoEntry],
    root: Path,
    out: Path,
    settings: CropSettings,
    *,
    jobs: int = 1,
    finder: FaceSource | None = None,
) -> PreparedCrops:
    """Make folders of face crops from videos.

    With one compression ``out`` becomes the folder of crops, with several it gets one for each, with the same names in
    all. Beside them lie the manifest, ``failures.csv`` (what could not be used) and ``notes.csv`` (what was used all
    the same). What is finished of a broken run is kept under ``work/``, and the run that continues it ends with the
    same bytes as one that was never broken. The indices are written when everything is done: nothing unfinished looks
    like a folder of crops. What failed is not tried again in the same folder.

    Args:
        entries: The videos.
        root: Folder that their paths begin at.
        out: Where the crops go.
        settings: How they are made.
        jobs: Processes that work at the same time, each on a video and what was made from it, each with one thread.
        finder: Finds faces; the program's own face finder by default.

    Raises:
        SettingsError: ``out`` holds something else or cannot be written, or no video gave a crop.
    """
    listed = manifest_text(entries)
    digest = hashlib.sha256(listed.encode()).hexdigest()[:16]
    size = f"{settings.size_px} px" if settings.size_px else "their own size"
    claim(
        out,
        root,
        MARKER_FILE,
        f"{settings.frames} frames of each of the {len(entries)} files of manifest {digest}, margin "
        f"{settings.margin:g}, at {size}, seed {settings.seed}",
    )
    write_whole(out / MANIFEST_FILE, listed)
    groups = make_groups(entries)
    folders = _folders(out, entries)
    work = out / WORK_FOLDER
    if not work.is_dir() and any((folder / INDEX_FILE).is_file() for folder in folders.values()):
        return _read_back(out, folders, len(groups))
    batches = _batches(groups, settings.frames)
    batch_of = {number: batch for batch, numbers in enumerate(batches) for number in numbers}
    todo = [number for number in range(len(groups)) if not _record_path(work, number).is_file()]
    try:
        for folder in (work, *folders.values()):
            folder.mkdir(exist_ok=True)
    except OSError as error:
        raise SettingsError(f"'{out}' cannot be written: {error.strerror}.") from error
    progress = Progress("original", len(todo))
    finished: list[int] = []

    def on_done(number: int) -> None:
        finished.append(number)
        progress.say(len(finished))
        _pack(batch_of[number], batches[batch_of[number]], work, folders)

    task = _Task(root=root, work=work, settings=settings, finder=finder or ProgramFinder())
    _run(task, groups, todo, jobs, on_done)
    for batch, numbers in enumerate(batches):  # those that an earlier run finished, but did not come to pack
        _pack(batch, numbers, work, folders)
    return _finish(out, work, folders, batches, made=len(todo))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """What a process does with a group; it can be sent to one."""

    root: Path
    work: Path
    settings: CropSettings
    finder: FaceSource

    def __call__(self, number: int, group: Group) -> None:
        preparation = GroupPreparation(self.root, self.settings, self.finder)
        with whole_shard(_archive_path(self.work, number)) as archive:
            for name, data in preparation.run(group):
                archive.add(name, data)
        write_whole(_record_path(self.work, number), msgspec.json.encode(preparation.record()))


def _run(task: _Task, groups: Sequence[Group], todo: Sequence[int], jobs: int, on_done: Callable[[int], None]) -> None:
    if jobs == 1 or len(todo) < 2:
        for number in todo:
            task(number, groups[number])
            on_done(number)
        return
    # Processes, because the face finder holds Python's lock for much of its time; started afresh, because torch's and
    # FFmpeg's threads don't survive a fork.
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_begin_process) as pool:
        futures = {pool.submit(task, number, groups[number]): number for number in todo}
        try:
            for future in as_completed(futures):
                future.result()
                on_done(futures[future])
        except BrokenProcessPool as error:
            raise SettingsError(
                "A process was killed, perhaps for want of memory. What is finished is kept: run the command again, "
                "with a smaller --jobs."
            ) from error
        finally:
            pool.shutdown(cancel_futures=True)


def _begin_process() -> None:
    """Use one thread, and end when the program does: killed, it could not say so, and two runs would write one file."""
    cv2.setNumThreads(1)
    program = parent_process()
    if program is not None:

        def end_with_it() -> None:
            program.join()
            os._exit(1)

        Thread(target=end_with_it, daemon=True).start()


def _folders(out: Path, entries: Iterable[VideoEntry]) -> _Folders:
    compressions = sorted({entry.compression for entry in entries}, key=lambda name: name or "")
    if len(compressions) == 1:
        return {compressions[0]: out}
    return {name: out / (name or "uncompressed") for name in compressions}


def _batches(groups: Sequence[Group], frames: int) -> tuple[tuple[int, ...], ...]:
    """Divide the groups, by number, among archives; it depends on nothing but the groups and ``frames``."""
    sizes = [(1 + len(group.forgeries)) * frames for group in groups]
    limit = max(SHARD_CROPS, math.ceil(sum(sizes) / _MAX_SHARDS))
    batches: list[list[int]] = [[]]
    filled = 0
    for number, size in enumerate(sizes):
        if filled >= limit:
            batches.append([])
            filled = 0
        batches[-1].append(number)
        filled += size
    return tuple(map(tuple, batches))


def _pack(batch: int, numbers: Sequence[int], work: Path, folders: _Folders) -> None:
    """Gather the crops of a batch of groups in one archive per compression, once all of them are done."""
    if not all(_record_path(work, number).is_file() for number in numbers):
        return
    rows = {number: _record(work, number).rows for number in numbers}
    for compression, folder in folders.items():
        chosen = {n: [row for row in found if row.compression == compression] for n, found in rows.items()}
        shard = folder / shard_name(batch)
        if any(chosen.values()) and not shard.is_file():
            with whole_shard(shard) as archive:
                for name, data in _members(work, chosen):
                    archive.add(name, data)
    for number in numbers:
        _archive_path(work, number).unlink(missing_ok=True)


def _members(work: Path, rows: Mapping[int, Sequence[IndexRow]]) -> Iterator[tuple[str, bytes]]:
    for number, chosen in rows.items():
        if chosen:
            path = _archive_path(work, number)
            try:
                with zipfile.ZipFile(path) as archive:
                    for row in chosen:
                        for name in (row.name,) if row.mask is None else (row.name, row.mask):
                            yield f"{name}.png", archive.read(member_name(row, name))
            except (FileNotFoundError, zipfile.BadZipFile, KeyError) as error:
                raise SettingsError(_damaged(path, error)) from error


def _finish(out: Path, work: Path, folders: _Folders, batches: Sequence[Sequence[int]], *, made: int) -> PreparedCrops:
    """Write the indices and what is to be said, and take away what was needed to continue."""
    records = [(batch, _record(work, number)) for batch, numbers in enumerate(batches) for number in numbers]
    failures = merge_failures(out / FAILURES_FILE, _said(problem for _, found in records for problem in found.failures))
    notes = merge_failures(out / NOTES_FILE, _said(problem for _, found in records for problem in found.notes))
    rows = [replace(row, shard=shard_name(batch)) for batch, record in records for row in record.rows]
    if not rows:
        raise SettingsError(f"Not one crop could be made; {out / FAILURES_FILE} says why.")
    columns = [field.name for field in fields(IndexRow)]
    for compression, folder in folders.items():
        chosen = [[getattr(row, name) for name in columns] for row in rows if row.compression == compression]
        if chosen:
            write_whole(folder / INDEX_FILE, csv_text(columns, chosen))
    rmtree(work)
    forged = sum(row.label for row in rows)
    return PreparedCrops(
        folders=_with_index(folders),
        real=len(rows) - forged,
        forged=forged,
        made=made,
        kept=len(records) - made,
        failures=failures,
        notes=notes,
    )


def _read_back(out: Path, folders: _Folders, groups: int) -> PreparedCrops:
    """Read what a finished run left."""
    labels = [entry.label for folder in _with_index(folders) for entry in CropFolder(folder).entries]
    return PreparedCrops(
        folders=_with_index(folders),
        real=len(labels) - sum(labels),
        forged=sum(labels),
        made=0,
        kept=groups,
        failures=merge_failures(out / FAILURES_FILE, ()),
        notes=merge_failures(out / NOTES_FILE, ()),
    )


def _with_index(folders: _Folders) -> tuple[Path, ...]:
    return tuple(folder for folder in folders.values() if (folder / INDEX_FILE).is_file())


def _said(problems: Iterable[Problem]) -> Iterator[Failure]:
    return ((problem.file, problem.reason) for problem in problems)


def _record(work: Path, number: int) -> GroupRecord:
    path = _record_path(work, number)
    try:
        return msgspec.json.decode(path.read_bytes(), type=GroupRecord)
    except (OSError, msgspec.DecodeError) as error:
        raise SettingsError(_damaged(path, error)) from error


def _damaged(path: Path, error: Exception) -> str:
    return f"{path}, which an earlier run left, is damaged ({error}). Delete the folder of --out and run it again."


def _record_path(work: Path, number: int) -> Path:
    return work / f"group_{number:06d}.json"


def _archive_path(work: Path, number: int) -> Path:
    return work / f"group_{number:06d}.zip"
