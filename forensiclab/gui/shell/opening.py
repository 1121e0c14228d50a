"""Everything that brings exhibits in: files, folders, what is dropped, what was opened recently."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from forensiclab.core.media_files import FolderContent, search_folder
from forensiclab.gui.shell.intake import sort_paths, sort_urls
from forensiclab.gui.shell.window_state import WindowState
from forensiclab.gui.state.evidence import Evidence
from forensiclab.gui.widgets.message_bar import MessageBar
from forensiclab.gui.work.task_runner import TaskRunner


class Opening(QObject):
    """Adds files to the evidence; folders are searched on the thread of the tasks first."""

    opened = Signal(int)
    """Id of the first exhibit of those that were opened together."""

    def __init__(
        self, evidence: Evidence, tasks: TaskRunner, messages: MessageBar, state: WindowState, window: QWidget
    ) -> None:
        super().__init__(window)
        self._window = window
        self._evidence = evidence
        self._tasks = tasks
        self._messages = messages
        self.state = state
        """With the last folder and what was opened recently."""

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Open files, and search folders for them."""
        sorted_paths = sort_paths(paths)
        for sentence in sorted_paths.refusals:
            self._messages.show_error(sentence)
        for folder in sorted_paths.folders:
            self._search(folder)
        for path in sorted_paths.files:
            self.state = self.state.with_opened(path)
        self._add(sorted_paths.files)

    def drop(self, data: QMimeData) -> None:
        """Open what was dropped on the window."""
        local, refusals = sort_urls(data.urls())
        for sentence in refusals:
            self._messages.show_error(sentence)
        self.open_paths(local)

    def fill_recent(self, menu: QMenu) -> None:
        """Put what was opened recently into a menu."""
        menu.clear()
        for number, name in enumerate(self.state.recent, start=1):
            action = menu.addAction(f"&{number % 10}  {name.replace('&', '&&')}")
            action.setData(name)
            action.triggered.connect(self._on_recent_triggered)
        menu.addSeparator()
        forget = menu.addAction(self.tr("&Forget these"))
        forget.setEnabled(bool(self.state.recent))
        forget.triggered.connect(self._on_forget_triggered)

    @Slot()
    def ask_for_files(self) -> None:
        """Let the user choose files."""
        names, _ = QFileDialog.getOpenFileNames(
            self._window, self.tr("Open videos or pictures"), self.state.last_folder
        )
        self.open_paths([Path(name) for name in names])

    @Slot()
    def ask_for_folder(self) -> None:
        """Let the user choose a folder."""
        title = self.tr("Open every video and picture in a folder")
        name = QFileDialog.getExistingDirectory(self._window, title, self.state.last_folder)
        if name:
            self.open_paths([Path(name)])

    def _search(self, folder: Path) -> None:
        sentence = self.tr("The folder '{0}' could not be searched because of an unexpected error.").format(folder)
        self._tasks.submit(
            self,
            partial(search_folder, folder),
            done=partial(self._add_found, folder),
            failed=self._messages.show_error,
            unexpected=sentence,
            is_urgent=True,
        )

    def _add(self, files: Sequence[Path]) -> None:
        ids = self._evidence.add(files)
        if ids:
            self.opened.emit(ids[0])

    def _add_found(self, folder: Path, found: FolderContent) -> None:
        self.state = self.state.with_opened(folder)
        if found.others:
            text = self.tr(
                "{0} files in '{1}' are not videos or pictures by their names and were left out; open them one by "
                "one if they are."
            )
            self._messages.show_info(text.format(len(found.others), folder))
        if found.companions:
            text = self.tr("{0} files in '{1}' are companion files made by macOS; they contain no picture.")
            self._messages.show_info(text.format(len(found.companions), folder))
        self._add(found.media)

    @Slot()
    def _on_recent_triggered(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.open_paths([Path(action.data())])

    @Slot()
    def _on_forget_triggered(self) -> None:
        self.state = replace(self.state, recent=(), last_folder="")
