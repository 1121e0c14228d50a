"""What the program is, which versions run here, and whose work it stands on."""

import importlib.metadata
import platform

from PySide6.QtCore import QCoreApplication, Qt, Slot, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from forensiclab import __version__
from forensiclab.analysis.method import source_commit
from forensiclab.detectors.devices import list_devices
from forensiclab.gui.widgets.label import Label
from forensiclab.gui.work.task_runner import TaskRunner
from forensiclab.settings import config_home

_LIBRARIES = ("torch", "openvino", "av", "numpy", "typst")


def versions() -> tuple[tuple[str, str], ...]:
    """Return (name, version) of the program and of what it runs on; takes a second, for a worker thread."""
    translate = QCoreApplication.translate
    unknown = translate("about", "not known")
    libraries = [(name, _version(name) or unknown) for name in _LIBRARIES]
    devices = [f"{device.name} ({device.title})" for device in list_devices()]
    return (
        ("ForensicLab", __version__),
        (translate("about", "Commit"), source_commit() or unknown),
        ("Python", platform.python_version()),
        ("Qt / PySide6", f"{qVersion()} / {_version('PySide6-Essentials') or unknown}"),
        *libraries,
        (translate("about", "Devices"), "\n".join(devices)),
        (translate("about", "System"), platform.platform()),
        (translate("about", "Settings"), str(config_home())),
    )


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:  # a frozen program may leave the metadata of a library out
        return None


class AboutDialog(QDialog):
    """Versions come from the thread of the tasks. Not modal."""

    def __init__(self, tasks: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("About ForensicLab"))
        self._versions: tuple[tuple[str, str], ...] = ()
        title = Label("ForensicLab")
        title.setObjectName("title")
        what = Label(self.tr("Judges compressed face videos, offline. It supports a decision; it does not make one."))
        what.setWordWrap(True)
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(18)
        self._form.setVerticalSpacing(4)
        self._form.addRow(Label(self.tr("Looking up versions…")))
        licences = QPlainTextEdit(self._licences())
        licences.setReadOnly(True)
        licences.setAccessibleName(self.tr("Licences"))
        licences.setMinimumHeight(130)
        self.copy_button = QPushButton(self.tr("&Copy versions"))
        self.copy_button.setEnabled(False)
        self.copy_button.setAutoDefault(False)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        bottom = QHBoxLayout()
        bottom.addWidget(self.copy_button)
        bottom.addStretch(1)
        bottom.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setSpacing(12)
        layout.addWidget(title)
        layout.addWidget(what)
        layout.addLayout(self._form)
        layout.addWidget(licences, 1)
        layout.addLayout(bottom)
        self.resize(560, 640)
        self.copy_button.clicked.connect(self._on_copy_clicked)
        close.rejected.connect(self.close)
        tasks.submit(
            self,
            versions,
            done=self._show_versions,
            failed=self._show_failure,
            unexpected=self.tr("The versions could not be looked up because of an unexpected error."),
            is_urgent=True,
        )

    @property
    def versions(self) -> tuple[tuple[str, str], ...]:
        """(name, version), empty until they have been looked up."""
        return self._versions

    def _licences(self) -> str:
        return self.tr(
            "ForensicLab is free software under the Apache License 2.0; see the file LICENSE.\n\n"
            "It stands on other people's work, among it:\n"
            "Qt and PySide6 (LGPL 3), PyQtGraph (MIT);\n"
            "FFmpeg with PyAV (LGPL 2.1 or later; BSD), which may hold x264 and x265 (GPL 2 or later);\n"
            "PyTorch (BSD), torchvision (BSD), timm (Apache 2.0), OpenVINO (Apache 2.0);\n"
            "MTCNN by facenet-pytorch (MIT), OpenCV (Apache 2.0);\n"
            "NumPy, SciPy (BSD), Pillow (MIT-CMU), Matplotlib with DejaVu fonts (their own licences);\n"
            "Typst (Apache 2.0), safetensors (Apache 2.0), msgspec (BSD), platformdirs (MIT).\n\n"
            "The weights of a detector and the data it was trained on have licences of their own; its card in "
            "“Models” names them."
        )

    def _show_failure(self, sentence: str) -> None:
        self._form.removeRow(0)
        self._form.addRow(Label(sentence))

    def _show_versions(self, found: tuple[tuple[str, str], ...]) -> None:
        self._form.removeRow(0)
        self._versions = found
        for name, version in found:
            value = Label(version)
            value.setWordWrap(True)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._form.addRow(Label(name), value)
        self.copy_button.setEnabled(True)

    @Slot()
    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText("\n".join(f"{name}: {version}" for name, version in self._versions))
