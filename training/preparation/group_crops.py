"""Making the crops of a group of videos: the same frames and the same boxes in all of them."""

import zlib
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from forensiclab.core.errors import MediaError
from forensiclab.core.records import Crop, Picture
from training.datasets.fitting import fit
from training.datasets.manifest import Medium, VideoEntry
from training.datasets.pairing import border_difference
from training.datasets.shards import png_bytes
from training.preparation.face_crops import (
    CropSettings,
    Cuts,
    FaceSource,
    FrameSizeError,
    Masks,
    cut_again,
    cut_masks,
    find_faces,
    in_box,
)
from training.preparation.face_groups import Group, GroupRecord, IndexRow, Problem, Versions, member_name
from training.preparation.face_sequences import read_sequences

SAME_FRAMES_BORDER_DIFF = 8.0
"""Below it, in the median over the chosen frames, a forgery shows the frames of its original. On FaceForensics++ the
crops' borders differ by about 2 at c23 and 6 at c40; five frames apart they differ by 5 to 20."""

_Key = tuple[int, int]
"""(number of the face, frame index)."""
_Member = tuple[str, bytes]
"""A picture on its way into an archive: ``member_name`` and PNG file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A video whose crops have been cut."""

    entry: VideoEntry
    """Its least compressed version that can be read."""
    others: Versions
    """The more compressed ones."""
    cuts: Cuts


@dataclass(frozen=True, slots=True, kw_only=True)
class _Link:
    """The real crop that belongs to a forged one."""

    original: str
    border_diff: float | None


class GroupPreparation:
    """Makes the crops of one group of videos.

    Boxes come from the least compressed version that can be read, and are used at every compression: compression
    moves what a face finder finds, so that the crops of a pair would differ by more than the compression, and what a
    method is to compare would not lie in the same place. For the same reason a forgery that shows the frames of its
    original gets the original's boxes and frame numbers. One that does not (other length of the steps, other size)
    gets its own, and its crops name the original's crop that is nearest in time, without a border difference.

    Which of several faces is the forged one is told by the mask; without one by the difference to the original;
    without both it is taken to be the one found most often. The original gives the faces that were forged in it.

    Args:
        root: Folder of the data set.
        settings: How crops are made.
        finder: Finds faces.
    """

    def __init__(self, root: Path, settings: CropSettings, finder: FaceSource) -> None:
        self._root = root
        self._settings = settings
        self._finder = finder
        self._rows: list[IndexRow] = []
        self._failures: list[Problem] = []
        self._notes: list[Problem] = []

    def run(self, group: Group) -> Iterator[_Member]:
        """Prepare it: crops and masks one by one. Whatever cannot be read is listed and left out."""
        if group.lead[0].medium is Medium.FACES:
            yield from self._take_faces(group.lead[0])
        elif group.lead[0].label == 1:
            yield from self._alone(group.lead, ())
        else:
            yield from self._together(group)

    def record(self) -> GroupRecord:
        """Return what came of it, once ``run`` is through."""
        return GroupRecord(rows=tuple(self._rows), failures=tuple(self._failures), notes=tuple(self._notes))

    def _together(self, group: Group) -> Iterator[_Member]:
        real = self._first(group.lead, self._find(group.lead[0]))
        if real is None:
            for versions in group.forgeries:
                yield from self._alone(versions, ())
            return
        faces: set[int] = set()
        apart: list[Versions] = []
        for versions in group.forgeries:
            try:
                forged = self._first(versions, partial(self._again, pattern=real.cuts))
            except FrameSizeError:
                apart.append(versions)
                continue
            if forged is not None:
                face = yield from self._beside(forged, real)
                if face is None:
                    apart.append(versions)
                else:
                    faces.add(face)
        faces = faces or {1}
        yield from self._store(real, faces, {}, {})
        for versions in apart:
            yield from self._alone(versions, real.cuts.of(min(faces)), real.entry)

    def _beside(self, forged: _Found, real: _Found) -> Generator[_Member, None, int | None]:
        """Store a forgery cut with its original's boxes; the face that was forged, None where it shows other frames."""
        originals = {_key(crop): crop.picture for crop in real.cuts.crops}
        differences = {_key(crop): border_difference(crop.picture, originals[_key(crop)]) for crop in forged.cuts.crops}
        by_face = {face: [value for key, value in differences.items() if key[0] == face] for face, _ in differences}
        if not by_face or min(map(np.median, by_face.values())) >= SAME_FRAMES_BORDER_DIFF:
            return None
        if forged.cuts.frames_read != real.cuts.frames_read:
            self._note(
                forged.entry,
                f"It has {forged.cuts.frames_read} frames, its original {real.entry.id} has {real.cuts.frames_read}: "
                "the chosen frames that both have were used.",
            )
        masks = self._masks(forged)
        face = _forged_face(forged.cuts.crops, masks, originals)
        links = {
            key: _Link(original=_name(real.entry, key[1], face), border_diff=round(value, 2))
            for key, value in differences.items()
        }
        yield from self._store(forged, {face}, masks, links)
        return face

    def _alone(
        self, versions: Versions, reals: Sequence[Crop], real_entry: VideoEntry | None = None
    ) -> Iterator[_Member]:
        """Prepare a video by itself; a forgery's crops name the nearest of the real crops, if there are any."""
        found = self._first(versions, self._find(versions[0]))
        if found is None:
            return
        masks = self._masks(found)
        face = _forged_face(found.cuts.crops, masks, {})
        links = {}
        if real_entry is not None:
            self._note(
                found.entry, f"It does not show the frames of its original {real_entry.id}: it has boxes of its own."
            )
            times_s = np.array([crop.pts_s for crop in reals])
            for crop in found.cuts.of(face):
                nearest = reals[int(np.abs(times_s - crop.pts_s).argmin())]
                original = _name(real_entry, nearest.frame_index, nearest.track_id)
                links[_key(crop)] = _Link(original=original, border_diff=None)
        yield from self._store(found, {face}, masks, links)

    def _find(self, entry: VideoEntry) -> Callable[[Path], Cuts]:
        """Find faces, with the same chosen times for every version of the video."""
        key = zlib.crc32(f"{entry.kind}/{entry.id}".encode())
        return lambda path: find_faces(
            path, self._finder, self._settings, np.random.default_rng((self._settings.seed, key))
        )

    def _again(self, path: Path, pattern: Cuts) -> Cuts:
        return cut_again(path, pattern.crops, pattern.frame_size_px, self._settings)

    def _first(self, versions: Versions, cut: Callable[[Path], Cuts]) -> _Found | None:
        """Cut the least compressed version that can be read; None where none can.

        Raises:
            FrameSizeError: ``cut`` raised it.
        """
        for number, entry in enumerate(versions):
            try:
                cuts = cut(self._root / entry.path)
            except FrameSizeError:
                raise
            except MediaError as error:
                self._fail(entry.path, str(error))
                continue
            if cuts.end_note:
                self._note(entry, cuts.end_note)
            return _Found(entry=entry, others=versions[number + 1 :], cuts=cuts)
        return None

    def _masks(self, found: _Found) -> Masks:
        """Read the masks of all faces of a video; empty where it has none."""
        entry = found.entry
        if entry.mask is None:
            return {}
        try:
            masks = cut_masks(self._root / entry.mask, found.cuts.crops, found.cuts.frame_size_px)
        except MediaError as error:
            self._fail(entry.mask, f"{error} The crops of {entry.path} have no masks.")
            return {}
        frames = {crop.frame_index for crop in found.cuts.crops}
        without = len(frames) - len({frame for _, frame in masks})
        if without:
            self._note(entry, f"Its mask is shorter: {without} of {len(frames)} chosen frames have none.")
        return masks

    def _store(
        self, found: _Found, faces: Collection[int], masks: Masks, links: Mapping[_Key, _Link]
    ) -> Iterator[_Member]:
        """Write the crops of some faces, at every compression."""
        cuts = found.cuts
        pattern = tuple(crop for crop in cuts.crops if crop.track_id in faces)
        yield from self._write(found.entry, pattern, masks, links)
        for entry in found.others:
            try:
                again = cut_again(self._root / entry.path, pattern, cuts.frame_size_px, self._settings)
            except MediaError as error:
                self._fail(entry.path, str(error))
                continue
            if again.frames_read != cuts.frames_read:
                self._note(
                    entry,
                    f"It has {again.frames_read} frames, {found.entry.path} has {cuts.frames_read}: the chosen frames "
                    "that it has were used.",
                )
            yield from self._write(entry, again.crops, masks, links)

    def _write(
        self, entry: VideoEntry, crops: Sequence[Crop], masks: Masks, links: Mapping[_Key, _Link]
    ) -> Iterator[_Member]:
        for crop in crops:
            # A forgery shows one forged face, whatever its number among the faces of the video.
            name = _name(entry, crop.frame_index, 1 if entry.label else crop.track_id)
            mask, link = masks.get(_key(crop)), links.get(_key(crop))
            left, _, right, _ = crop.region_xyxy_px
            row = _row(entry, name, entry.id, round(right - left))
            yield self._added(
                replace(
                    row,
                    original=None if link is None else link.original,
                    border_diff=None if link is None else link.border_diff,
                    pts_s=round(crop.pts_s, 4),
                    margin=self._settings.margin,
                    mask=None if mask is None else f"{name}_mask",
                ),
                crop.picture,
            )
            if mask is not None:
                yield member_name(row, f"{name}_mask"), png_bytes(mask)

    def _take_faces(self, entry: VideoEntry) -> Iterator[_Member]:
        """Store chosen pictures of face sequences."""
        rng = np.random.default_rng((self._settings.seed, zlib.crc32(f"{entry.kind}/{entry.id}".encode())))
        size_px = self._settings.size_px
        try:
            for found in read_sequences(self._root / entry.path, self._settings.frames, rng):
                if found.picture is None:
                    self._fail(f"{entry.path}/{found.place}", "It is not a picture that can be read.")
                    continue
                video = f"{entry.id}_{found.sequence}".rstrip("_")
                picture = fit(found.picture, size_px) if size_px else found.picture
                name = f"{entry.kind}/{video}/{found.number:04d}"
                yield self._added(_row(entry, name, video, found.picture.shape[1]), picture)
        except MediaError as error:
            self._fail(entry.path, str(error))

    def _added(self, row: IndexRow, picture: Picture) -> _Member:
        self._rows.append(row)
        return member_name(row, row.name), png_bytes(picture)

    def _fail(self, file: str, reason: str) -> None:
        self._failures.append(Problem(file=file, reason=reason))

    def _note(self, entry: VideoEntry, reason: str) -> None:
        self._notes.append(Problem(file=entry.path, reason=reason))


def _forged_face(crops: Sequence[Crop], masks: Masks, originals: Mapping[_Key, Picture]) -> int:
    """Find the face that masks cover most; without masks, that differs most from the original; else the first."""
    evidence: dict[int, list[float]] = {}
    for crop in crops:
        values = evidence.setdefault(crop.track_id, [])
        mask, original = masks.get(_key(crop)), originals.get(_key(crop))
        if mask is not None:
            values.append(in_box(crop, mask.astype(np.float32)))
        elif original is not None and not masks:
            values.append(in_box(crop, cv2.absdiff(crop.picture, original).mean(axis=2).astype(np.float32)))
    return max(sorted(evidence), key=lambda face: float(np.mean(evidence[face])) if evidence[face] else 0.0)


def _key(crop: Crop) -> _Key:
    return crop.track_id, crop.frame_index


def _name(entry: VideoEntry, frame_index: int, face: int) -> str:
    """Name ``Deepfakes/519_515/0012``; another face than the first adds its number: ``real/519/0012_2``."""
    return f"{entry.kind}/{entry.id}/{frame_index:04d}{'' if face == 1 else f'_{face}'}"


def _row(entry: VideoEntry, name: str, video: str, source_width_px: int) -> IndexRow:
    return IndexRow(
        name=name,
        label=entry.label,
        split=entry.split,
        part=entry.source,
        video=video,
        source_width_px=source_width_px,
        method=entry.method,
        data_set=entry.data_set,
        compression=entry.compression,
    )
