"""The bands of a calibration as lines of a table."""

from PySide6.QtCore import QCoreApplication

from forensiclab.core.notation import share_text
from forensiclab.core.scores import BandCalibration

_tr = QCoreApplication.translate


def band_titles() -> tuple[str, ...]:
    """Return the columns of ``band_cells``."""
    return (
        _tr("card", "Band"),
        _tr("card", "Forged ≥"),
        _tr("card", "False alarms"),
        _tr("card", "Real ≤"),
        _tr("card", "Misses"),
        _tr("card", "QP"),
        _tr("card", "JPEG quality"),
        _tr("card", "Measured at"),
    )


def band_cells(band: BandCalibration) -> tuple[str, ...]:
    """Return a band of a calibration: range, thresholds, and error rates with the samples they were measured on."""
    return (
        band.name,
        f"{band.manipulation_threshold:.3f}",
        _tr("card", "{0} of {1} real").format(share_text(band.false_alarm_rate), band.n_real),
        f"{band.authenticity_threshold:.3f}",
        _tr("card", "{0} of {1} forged").format(share_text(band.miss_rate), band.n_forged),
        f"{band.qp_min:g} – {band.qp_max:g}",
        f"{band.jpeg_quality_min} – {band.jpeg_quality_max}",
        ", ".join(band.levels),
    )
