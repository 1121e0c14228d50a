"""What can be done with the chosen exhibits: analyse again, order the queue, compare, remove, bring back."""

from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QAction, QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QWidget

from forensiclab.gui.evidence.list import EvidenceList
from forensiclab.gui.pair.window import PairWindow
from forensiclab.gui.shell.menus import Menus
from forensiclab.gui.state.evidence import Evidence
from forensiclab.gui.state.session import SessionState
from forensiclab.gui.widgets.message_bar import MessageBar
from forensiclab.gui.work.timer import single_shot

_RUNS = (SessionState.RUNNING, SessionState.WAITING)


class EvidenceCommands(QObject):
    """Carries out the menu of the exhibits, which is also the menu of the list's rows."""

    def __init__(
        self,
        evidence: Evidence,
        listed: EvidenceList,
        menus: Menus,
        messages: MessageBar,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._evidence = evidence
        self._list = listed
        self._menus = menus
        self._messages = messages
        self.compare_window: PairWindow | None = None
        """Two exhibits side by side, once that was asked for."""
        for action, slot in (
            (menus.analyze_again, self._on_analyze_again),
            (menus.analyze_all, self._on_analyze_all),
            (menus.cancel_chosen, self._on_cancel),
            (menus.to_front, self._on_to_front),
            (menus.earlier, self._on_earlier),
            (menus.later, self._on_later),
            (menus.show_in_folder, self._on_show_in_folder),
            (menus.copy_hash, self._on_copy_hash),
            (menus.remove, self._on_remove),
            (menus.restore, self._on_restore),
            (menus.close_exhibit, self._on_close_exhibit),
        ):
            action.triggered.connect(slot)
        menus.remove.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        listed.addAction(menus.remove)
        listed.set_menu(menus.evidence)
        menus.compare_with.aboutToShow.connect(self._on_compare_about_to_show)
        listed.chosen_changed.connect(self._on_changed)
        listed.current_changed.connect(self._on_changed)
        self._settling = single_shot(self, self._on_changed)
        for signal in (evidence.added, evidence.removed, evidence.changed, evidence.queue_changed):
            signal.connect(self._on_evidence_changed)
        self._on_changed()

    def compare(self, left: int, right: int) -> None:
        """Show two exhibits side by side."""
        if self.compare_window is None:
            self.compare_window = PairWindow(self._evidence, self._window)
        self.compare_window.compare(left, right)
        self.compare_window.show()
        self.compare_window.raise_()
        self.compare_window.activateWindow()

    def _targets(self, *states: SessionState) -> list[int]:
        """Return the ids of the chosen exhibits in one of these states; of all chosen ones if none is named."""
        named = states or tuple(SessionState)
        known = [(exhibit_id, self._evidence.session(exhibit_id)) for exhibit_id in self._list.chosen]
        return [exhibit_id for exhibit_id, session in known if session is not None and session.state in named]

    def _move(self, by: int) -> None:
        waiting = self._targets(SessionState.WAITING)
        # Whoever leads goes first, so that the chosen ones keep their order among themselves.
        queue = self._evidence.queue
        for exhibit_id in sorted(waiting, key=queue.index, reverse=by > 0):
            self._evidence.move(exhibit_id, self._evidence.queue.index(exhibit_id) + by)

    @Slot()
    def _on_evidence_changed(self) -> None:
        self._settling.start()

    @Slot()
    def _on_changed(self) -> None:
        menus, evidence = self._menus, self._evidence
        chosen, waiting = bool(self._targets()), bool(self._targets(SessionState.WAITING))
        stopped = (SessionState.DONE, SessionState.CANCELLED, SessionState.FAILED)
        menus.analyze_again.setEnabled(bool(self._targets(*stopped)))
        menus.analyze_all.setEnabled(evidence.count(SessionState.CANCELLED, SessionState.FAILED) > 0)
        menus.cancel_chosen.setEnabled(bool(self._targets(*_RUNS)))
        for action in (menus.to_front, menus.earlier, menus.later):
            action.setEnabled(waiting)
        for action in (menus.show_in_folder, menus.remove):
            action.setEnabled(chosen)
        current = evidence.session(self._list.current or 0)
        menus.copy_hash.setEnabled(current is not None and current.exhibit is not None)
        menus.compare_with.setEnabled(current is not None and len(evidence.ids) > 1)
        menus.close_exhibit.setEnabled(current is not None)
        menus.restore.setEnabled(evidence.can_restore)

    @Slot()
    def _on_analyze_again(self) -> None:
        for exhibit_id in self._targets():
            self._evidence.analyze(exhibit_id)

    @Slot()
    def _on_analyze_all(self) -> None:
        self._evidence.analyze_all()

    @Slot()
    def _on_cancel(self) -> None:
        for exhibit_id in self._targets(*_RUNS):
            self._evidence.cancel(exhibit_id)

    @Slot()
    def _on_to_front(self) -> None:
        for place, exhibit_id in enumerate(self._targets(SessionState.WAITING)):
            self._evidence.move(exhibit_id, place)

    @Slot()
    def _on_earlier(self) -> None:
        self._move(-1)

    @Slot()
    def _on_later(self) -> None:
        self._move(1)

    @Slot()
    def _on_show_in_folder(self) -> None:
        current = self._evidence.session(self._list.current or 0)
        if current is not None:
            folder = current.path.absolute().parent
            if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
                self._messages.show_info(self.tr("The exhibit is in '{0}'.").format(folder))

    @Slot()
    def _on_copy_hash(self) -> None:
        current = self._evidence.session(self._list.current or 0)
        if current is not None and current.exhibit is not None:
            QGuiApplication.clipboard().setText(current.exhibit.sha256)

    @Slot()
    def _on_close_exhibit(self) -> None:
        if self._list.current is not None:
            self._remove([self._list.current])

    @Slot()
    def _on_remove(self) -> None:
        self._remove(self._targets())

    def _remove(self, exhibit_ids: list[int]) -> None:
        if not exhibit_ids:
            return
        known = self._evidence.session(exhibit_ids[0])
        name = known.path.name if known is not None else ""
        self._list.leave(exhibit_ids)
        self._evidence.remove(exhibit_ids)
        if len(exhibit_ids) == 1:
            text = self.tr("'{0}' was removed from the list; the file itself is untouched. Ctrl+Z brings it back.")
            self._messages.show_info(text.format(name))
        else:
            text = self.tr(
                "{0} exhibits were removed from the list; their files are untouched. Ctrl+Z brings them back."
            )
            self._messages.show_info(text.format(len(exhibit_ids)))
        self._on_changed()

    @Slot()
    def _on_restore(self) -> None:
        back = self._evidence.restore()
        if back:
            self._list.show_exhibit(back[0])
        self._on_changed()

    @Slot()
    def _on_compare_about_to_show(self) -> None:
        menu = self._menus.compare_with
        menu.clear()
        for exhibit_id in self._list.shown_order:
            session = self._evidence.session(exhibit_id)
            if session is not None and exhibit_id != self._list.current:
                action = menu.addAction(session.path.name.replace("&", "&&"))
                action.setData(exhibit_id)
                action.triggered.connect(self._on_compare_triggered)

    @Slot()
    def _on_compare_triggered(self) -> None:
        action = self.sender()
        if isinstance(action, QAction) and self._list.current is not None:
            self.compare(self._list.current, action.data())
