import logging
import threading

import pytest

from forensiclab.core.errors import Cancelled, ReportError
from forensiclab.gui.work.analysis_runner import JobEnd
from forensiclab.gui.work.task_runner import TaskRunner


@pytest.fixture
def tasks(qtbot, no_thread_left):
    tasks = TaskRunner()
    yield tasks
    tasks.shutdown()


@pytest.fixture
def ended(tasks):
    """(id, outcome) of every task, in the order of their ends."""
    told = []
    tasks.ended.connect(lambda task_id, outcome: told.append((task_id, outcome)))
    return told


def test_work_is_done_on_another_thread_and_its_value_comes_back(qtbot, tasks, ended):
    with qtbot.waitSignal(tasks.ended):
        task = tasks.submit(threading.get_ident, "-")
    assert ended[0][0] == task
    assert ended[0][1].end is JobEnd.DONE
    assert ended[0][1].value != threading.get_ident()


@pytest.mark.parametrize(
    ("error", "end", "sentence"),
    [
        (ReportError("The disk is full."), JobEnd.FAILED, "The disk is full."),
        (Cancelled(), JobEnd.CANCELLED, ""),
        (ZeroDivisionError("x"), JobEnd.FAILED, "It went wrong. (ZeroDivisionError)"),
    ],
)
def test_whatever_happens_there_is_an_outcome(qtbot, tasks, ended, caplog, error, end, sentence):
    def work():
        raise error

    with caplog.at_level(logging.CRITICAL), qtbot.waitSignal(tasks.ended):
        tasks.submit(work, "It went wrong.")
    assert (ended[0][1].end, ended[0][1].sentence) == (end, sentence)


def test_urgent_work_goes_before_what_waits_and_dropped_work_is_not_told(qtbot, tasks, ended):
    go, done = threading.Event(), []
    first = tasks.submit(lambda: go.wait(5), "-")
    qtbot.waitUntil(lambda: tasks._current is not None)
    second = tasks.submit(lambda: done.append("second"), "-")
    dropped = tasks.submit(lambda: done.append("dropped"), "-")
    urgent = tasks.submit(lambda: done.append("urgent"), "-", is_urgent=True)
    tasks.drop(dropped)
    tasks.drop(first)
    go.set()
    qtbot.waitUntil(lambda: len(ended) == 2)
    assert [task for task, _ in ended] == [urgent, second]
    assert done == ["urgent", "second"]


def test_shutdown_waits_for_the_running_task(qtbot, tasks):
    started, done = threading.Event(), []

    def work():
        started.set()
        done.append("running")

    tasks.submit(work, "-")
    qtbot.waitUntil(started.is_set)
    tasks.shutdown()
    tasks.shutdown()
    assert done == ["running"]
