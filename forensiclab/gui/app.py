"""Starts the window and lives as long as it."""

import logging
import sys
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Signal
from PySide6.QtWidgets import QApplication

from forensiclab import __version__
from forensiclab.gui.main_window import MainWindow
from forensiclab.gui.player.frame_fetcher import FrameFetcher
from forensiclab.gui.shell.appearance import apply_color_scheme
from forensiclab.gui.shell.log_store import LogStore
from forensiclab.gui.shell.main_thread_collector import MainThreadCollector
from forensiclab.gui.text.languages import install_language
from forensiclab.gui.work.analysis_runner import AnalysisRunner
from forensiclab.settings import load_settings

logger = logging.getLogger(__name__)


def run(argv: list[str]) -> int:
    """Show the window until it is closed.

    Torch must have been imported before this module: on Windows its libraries do not load after Qt's.

    Args:
        argv: Files to open, as given on the command line after the program's name.

    Returns:
        The exit code of the process.
    """
    app = QApplication.instance() or QApplication(["forensiclab"])
    assert isinstance(app, QApplication)
    app.setApplicationName("ForensicLab")
    app.setApplicationVersion(__version__)
    app.setStyle("Fusion")  # looks alike everywhere, and follows the system's light or dark
    settings = load_settings().record
    translators = install_language(app, settings.language)
    apply_color_scheme(settings.color_scheme)
    logs = LogStore()
    logs.install()
    window = MainWindow(AnalysisRunner(), FrameFetcher(), logs=logs)
    hook = _LastResort()
    hook.crashed.connect(window.work.messages.show_error)
    previous_hook, sys.excepthook = sys.excepthook, hook.handle
    collector = MainThreadCollector()
    collector.start()
    try:
        window.show()
        window.open_paths([Path(name) for name in argv])
        return app.exec()
    finally:
        window.close()
        # Taken apart now, in order, and not by whoever collects garbage while Python ends.
        window.deleteLater()
        QCoreApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete.value)
        collector.stop()
        sys.excepthook = previous_hook
        logs.remove()
        for translator in translators:
            app.removeTranslator(translator)


class _LastResort(QObject):
    """Turns an exception that nobody caught, on whatever thread, into a message and a line in the log."""

    crashed = Signal(str)

    def handle(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        logger.error("Unexpected error in the window", exc_info=(kind, error, trace))
        text = self.tr("Something unexpected went wrong in the window ({0}); save the report before you go on.")
        self.crashed.emit(text.format(kind.__name__))
