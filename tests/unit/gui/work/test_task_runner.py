import logging
import threading
from functools import partial

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject

from forensiclab.core.errors import Cancelled, ReportError
from forensiclab.gui.work.task_runner import TaskRunner


@pytest.fixture
def tasks(qtbot, no_thread_left):
    tasks = TaskRunner()
    yield tasks
    tasks.shutdown()


@pytest.fixture
def told():
    """What was told, in the order in which it was."""
    return []


@pytest.fixture
def submit(tasks, told):
    """Submit a piece of work; its value or sentence is told."""
    return partial(tasks.submit, tasks, done=told.append, failed=told.append, unexpected="It went wrong.")


def test_work_is_done_on_another_thread_and_its_value_comes_back(qtbot, submit, told):
    submit(threading.get_ident)
    assert told == []
    qtbot.waitUntil(lambda: len(told) == 1)
    assert isinstance(told[0], int)
    assert told[0] != threading.get_ident()


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (ReportError("The disk is full."), "The disk is full."),
        (Cancelled(), ""),
        (ZeroDivisionError("x"), "It went wrong. (ZeroDivisionError)"),
    ],
)
def test_a_failure_is_told_as_a_sentence_and_the_next_task_is_done(qtbot, tasks, submit, told, caplog, error, sentence):
    def work():
        raise error

    values = []
    with caplog.at_level(logging.CRITICAL):
        tasks.submit(tasks, work, done=values.append, failed=told.append, unexpected="It went wrong.")
        tasks.submit(tasks, work, done=values.append, unexpected="Nobody is told.")
        submit(lambda: "next")
        qtbot.waitUntil(lambda: len(told) == 2)
    assert told == [sentence, "next"]
    assert values == []


def test_urgent_work_goes_before_what_waits_and_dropped_work_is_not_told(qtbot, submit, told):
    started, go, done = threading.Event(), threading.Event(), []

    def work(name):
        done.append(name)
        started.set()
        go.wait(5)
        return name

    first = submit(partial(work, "first"))
    qtbot.waitUntil(started.is_set)
    submit(partial(work, "second"))
    submit(partial(work, "dropped")).drop()
    submit(partial(work, "urgent"), is_urgent=True)
    first.drop()
    go.set()
    qtbot.waitUntil(lambda: len(told) == 2)
    assert told == ["urgent", "second"]
    assert done == ["first", "urgent", "second"]


def test_who_is_destroyed_is_told_nothing_and_what_waits_for_it_is_not_begun(qtbot, tasks, submit, told):
    started, go, done = threading.Event(), threading.Event(), []
    owner = QObject()

    def work():
        started.set()
        go.wait(5)

    tasks.submit(owner, work, done=told.append, failed=told.append, unexpected="-")
    tasks.submit(owner, partial(done.append, "begun"), done=told.append, failed=told.append, unexpected="-")
    qtbot.waitUntil(started.is_set)
    owner.deleteLater()
    QCoreApplication.sendPostedEvents(owner, QEvent.Type.DeferredDelete.value)
    submit(lambda: "after it")
    go.set()
    qtbot.waitUntil(lambda: len(told) == 1)
    assert told == ["after it"]
    assert done == []


def test_shutdown_waits_for_the_running_task(qtbot, tasks, submit):
    started, done = threading.Event(), []

    def work():
        started.set()
        done.append("running")

    submit(work)
    qtbot.waitUntil(started.is_set)
    tasks.shutdown()
    tasks.shutdown()
    assert done == ["running"]
