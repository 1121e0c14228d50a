import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel

from forensiclab import __version__
from forensiclab.core.errors import DeviceError
from forensiclab.gui.shell import about_dialog as about
from forensiclab.gui.shell.about_dialog import AboutDialog
from forensiclab.gui.work.task_runner import TaskRunner


@pytest.fixture
def tasks(qtbot, no_thread_left):
    tasks = TaskRunner()
    yield tasks
    tasks.shutdown()


def test_versions_are_shown_and_can_be_copied(qtbot, tasks):
    dialog = AboutDialog(tasks)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(lambda: bool(dialog.versions), timeout=20_000)
    named = dict(dialog.versions)
    assert named["ForensicLab"] == __version__
    assert {"Commit", "Qt / PySide6", "torch", "openvino", "Devices"} <= set(named)
    assert "cpu" in named["Devices"]
    assert __version__ in [label.text() for label in dialog.findChildren(QLabel)]
    dialog.copy_button.click()
    assert f"ForensicLab: {__version__}" in QGuiApplication.clipboard().text()


def test_versions_that_cannot_be_found_are_no_failure_of_the_dialog(qtbot, tasks, monkeypatch):
    def refuse():
        raise DeviceError("The driver is broken.")

    monkeypatch.setattr(about, "list_devices", refuse)
    dialog = AboutDialog(tasks)
    qtbot.addWidget(dialog)
    qtbot.waitUntil(lambda: "The driver is broken." in [label.text() for label in dialog.findChildren(QLabel)])
    assert not dialog.copy_button.isEnabled()
