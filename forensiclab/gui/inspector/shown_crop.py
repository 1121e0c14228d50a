"""What the views of the inspector are given: a crop, and which detectors are looked at."""

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from forensiclab.analysis.attention import to_frame
from forensiclab.analysis.events import ContactCrop
from forensiclab.core.notation import time_text
from forensiclab.core.records import AttentionMap, Crop, StreamInfo
from forensiclab.core.scores import CropScore
from forensiclab.gui.state.session import Session, SessionState, TrackState
from forensiclab.gui.widgets.scrolled_page import ScrolledPage

_tr = QCoreApplication.translate


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCrop:
    """The selected crop."""

    contact: ContactCrop
    detectors: tuple[str, ...]
    """Those that are shown, in the exhibit's order."""
    all_detectors: tuple[str, ...]
    """Those of the exhibit; the place in it makes the style of a curve."""
    chosen: str
    """The detector that is looked at; empty where there is none."""
    stream: StreamInfo | None
    why_not_scored: str
    """Why the chosen detector has no score for the crop, as far as it is known."""
    attention_note: str
    """What the chosen detector's attention map is; empty until the analysis has ended."""

    @property
    def score(self) -> CropScore | None:
        """The chosen detector's."""
        return next((score for score in self.contact.scores if score.detector == self.chosen), None)


class InspectorView(ScrolledPage):
    """One tab of the inspector; what asks the engine for nothing has only a crop to show."""

    def show_crop(self, shown: ShownCrop | None) -> None:
        """Show another crop, or none, with what is known without the engine."""

    def begin(self) -> None:
        """Ask the engine for the rest, if there is any: the view can be seen, and the crop has been there a while."""

    def pause(self) -> None:
        """Ask for nothing more until ``begin``."""


def facts_text(crop: Crop) -> str:
    """Return what is known about a crop, in one line."""
    facts = [
        time_text(crop.pts_s),
        _tr("inspector", "frame {0}").format(crop.frame_index),
        _tr("inspector", "face {0} px").format(round(crop.quality.size_px)),
    ]
    if crop.quality.qp_mean is not None:
        facts.append(_tr("inspector", "QP {0}").format(f"{crop.quality.qp_mean:.1f}"))
    if crop.picture_type is not None:
        facts.append(_tr("inspector", "{0} picture").format(crop.picture_type))
    return " · ".join(facts)


def why_empty(session: Session | None, track: TrackState | None) -> str:
    """Return why there is no crop to look at, for the selected track of an exhibit."""
    if session is None:
        return _tr("inspector", "Open a video or a picture: its faces are inspected here.")
    is_over = session.state.is_over
    if not session.tracks and is_over:
        if session.stream is None:
            return _tr("inspector", "The exhibit was not read, so there is no face to inspect.")
        if session.state is not SessionState.DONE:
            return _tr("inspector", "No face was found before the analysis stopped.")
        return _tr("inspector", "No face was found in this exhibit, so there is none to inspect.")
    if not session.tracks:
        return _tr("inspector", "No face has been found yet.")
    if track is None:
        return _tr("inspector", "Choose a track to inspect its face.")
    if track.crops:
        return _tr("inspector", "No crop of this track lies in the selected range of time.")
    if is_over:
        return _tr("inspector", "No crop of this track was scored; the verdict says why.")
    return _tr("inspector", "No crop of this track has been scored yet.")


def attention_on(crop: Crop, score: CropScore) -> AttentionMap | None:
    """Return a score's attention map over the whole crop, even if the detector saw another square of the frame."""
    if score.attention is None or score.region_xyxy_px == crop.region_xyxy_px:
        return score.attention
    left, top, right, _ = crop.region_xyxy_px
    scale = crop.rule.size_px / (right - left)
    x0, y0, x1, y1 = score.region_xyxy_px
    region = ((x0 - left) * scale, (y0 - top) * scale, (x1 - left) * scale, (y1 - top) * scale)
    return to_frame(score.attention, region, crop.rule.size_px, crop.rule.size_px)
