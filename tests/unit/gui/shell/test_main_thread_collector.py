import gc
import threading

import pytest

from forensiclab.gui.shell.main_thread_collector import MainThreadCollector


class Noted:
    """Notes on which thread it was collected."""

    def __init__(self, collected_on):
        self.collected_on = collected_on
        self.itself = self

    def __del__(self):
        self.collected_on.append(threading.current_thread())


@pytest.fixture
def collector(qapp):
    collector = MainThreadCollector()
    collector.start()
    yield collector
    collector.stop()
    gc.disable()  # as the other tests of the window expect it


def test_cycles_are_collected_on_the_main_thread_however_much_a_worker_allocates(qtbot, collector):
    collected_on = []
    Noted(collected_on)
    allocated = []
    worker = threading.Thread(target=lambda: allocated.extend([] for _ in range(200_000)))
    worker.start()
    worker.join()
    assert collected_on == []
    qtbot.waitUntil(lambda: bool(collected_on))
    assert collected_on == [threading.main_thread()]


def test_stopping_hands_back_to_python(qapp):
    collector = MainThreadCollector()
    collector.start()
    assert not gc.isenabled()
    collector.stop()
    assert gc.isenabled()
    gc.disable()
