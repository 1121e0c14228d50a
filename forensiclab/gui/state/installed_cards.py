"""The cards of an exhibit's detectors: as they ran, once the analysis has ended; before, as they are installed."""

from weakref import WeakKeyDictionary

from forensiclab.core.errors import WeightsError
from forensiclab.detectors.base import MethodCard
from forensiclab.detectors.cards import read_card
from forensiclab.detectors.weights import find_weights
from forensiclab.gui.state.session import Session


class InstalledCards:
    """Looks each card up once per exhibit; a card is a few kilobytes."""

    def __init__(self) -> None:
        self._installed: WeakKeyDictionary[Session, dict[str, MethodCard | None]] = WeakKeyDictionary()

    def card(self, name: str, session: Session) -> MethodCard | None:
        """Return the card of a detector of an exhibit; None where it is not known."""
        if session.report is not None:
            ran = (record.card for record in session.report.method.detectors)
            return next((card for card in ran if card.name == name), None)
        known = self._installed.setdefault(session, {})
        if name not in known:
            try:
                known[name] = read_card(find_weights(name))
            except WeightsError:
                known[name] = None  # removed meanwhile, or damaged: the report will have it
        return known[name]
