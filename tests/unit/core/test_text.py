import copy
import json
import pickle

import numpy as np
import pytest

from forensiclab.core.errors import MediaError, ShapeError, WeightsError
from forensiclab.core.scores import Verdict
from forensiclab.core.text import Sentence

SMALL = Sentence("the face is smaller than {0:.0f} px", 64.2)


def test_a_sentence_is_its_english_text():
    assert SMALL == "the face is smaller than 64 px"
    assert isinstance(SMALL, str)
    assert {SMALL: 1}["the face is smaller than 64 px"] == 1
    assert f"{SMALL}." == "the face is smaller than 64 px."
    assert json.dumps([SMALL]) == '["the face is smaller than 64 px"]'


def test_it_remembers_template_and_values():
    assert SMALL.template == "the face is smaller than {0:.0f} px"
    assert SMALL.values == (64.2,)


def test_a_value_may_be_a_sentence():
    outer = Sentence("No crop could be scored: {0}.", SMALL)
    assert outer == "No crop could be scored: the face is smaller than 64 px."
    assert outer.values[0] is SMALL


def test_without_values_braces_stand_for_themselves():
    assert Sentence("{a} is no field") == "{a} is no field"


def test_braces_in_values_are_left_alone():
    assert Sentence("'{0}' is empty (0 bytes).", "{1}.mp4") == "'{1}.mp4' is empty (0 bytes)."


@pytest.mark.parametrize("value", [np.float32(0.25), np.float64(0.25)])
def test_numbers_of_arrays_are_formatted_like_others(value):
    assert Sentence("{0:.1%}", value) == "25.0%"


def test_other_values_are_kept_as_text(tmp_path):
    sentence = Sentence("'{0}' cannot be opened: {1}.", tmp_path, OSError("no"))
    assert sentence.values == (str(tmp_path), "no")


def test_a_template_of_a_table_can_be_filled_often():
    template = Sentence("the head is turned by more than {0:.0f} degrees")
    assert [template.filled(bound) for bound in (30, 45)] == [
        "the head is turned by more than 30 degrees",
        "the head is turned by more than 45 degrees",
    ]


def test_joined_texts_stay_sentences():
    joined = Sentence.joined("; ", [SMALL, "plain {0}"])
    assert joined == "the face is smaller than 64 px; plain {0}"
    assert joined.values[0] is SMALL
    assert Sentence.joined("; ", []) == ""
    assert Sentence.joined(" {} ", ["a", "b"]) == "a {} b"


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
def test_copies_remember_as_well(again):
    same = again(Sentence("No crop could be scored: {0}.", SMALL))
    assert isinstance(same, Sentence)
    assert same == "No crop could be scored: the face is smaller than 64 px."
    assert isinstance(same.values[0], Sentence)
    assert same.values[0].template == SMALL.template


def test_an_error_gives_its_sentence():
    error = MediaError(Sentence("'{0}' does not exist.", "a.mp4"))
    assert str(error) == "'a.mp4' does not exist."
    assert isinstance(error.sentence, Sentence)
    assert pickle.loads(pickle.dumps(error)).sentence.template == "'{0}' does not exist."


def test_an_error_without_a_sentence_gives_its_text():
    assert WeightsError("plain").sentence == "plain"
    assert WeightsError("two", 1).sentence == "('two', 1)"


def test_a_wrong_shape_is_a_sentence():
    error = ShapeError("A picture", "(H, W, 3)", (2, 3))
    assert error.sentence == "A picture must have shape (H, W, 3), but has (2, 3)."


@pytest.mark.parametrize("verdict", list(Verdict))
def test_verdicts_in_words_are_their_values(verdict):
    assert verdict.words == verdict.value
    assert isinstance(verdict.words, Sentence)
