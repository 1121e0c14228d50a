"""The loop: resumes to the bit, stops when asked, learns."""

import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from lightning.fabric import Fabric
from safetensors.torch import load_file

from forensiclab.core.errors import SettingsError
from forensiclab.detectors.base import Network
from training.batches.augment import AugmentSettings
from training.batches.batches import Batch, Batches, BatchSettings, Source
from training.datasets.crops import CropFolder
from training.datasets.levels import LevelReader
from training.datasets.pairing import pair_up
from training.methods.baselines import BaselineRecipe, Scheme
from training.methods.meso_inception4 import PAPER, RECOMMENDED, MesoInception4Training
from training.methods.method import LossTerm, LossTerms, Schedule
from training.runs.averaging import WeightAverage
from training.runs.loop import CHECKPOINT_FILE, SELECTED_FILE, Measured, Outcome, seed_everything, train

TINY = replace(
    RECOMMENDED,
    steps=4,
    pairs_per_batch=1,
    warmup_steps=1,
    validate_every=2,
    precision="32-true",
    augment=AugmentSettings(webp=0.1),
)


def run(
    folder: Path,
    out: Path,
    recipe: BaselineRecipe = TINY,
    *,
    resume: bool = False,
    stop_after: int | None = None,
    max_minutes: float | None = None,
    validate: "list[float] | None" = None,
    method: MesoInception4Training | None = None,
) -> Outcome:
    seed_everything(3)
    crops = CropFolder(folder)
    settings = BatchSettings(groups_per_batch=recipe.pairs_per_batch, size_px=256, augment=recipe.augment)
    batches = Batches([Source(reader=LevelReader(crops), groups=pair_up(crops.select("train")))], settings, seed=3)
    values = iter(validate or [])

    def next_value(network: Network) -> tuple[Measured, ...]:
        assert not network.training
        return (Measured("strangers", next(values)),)

    return train(
        method or MesoInception4Training(recipe),
        recipe,
        batches,
        next_value if validate is not None else None,
        out,
        Fabric(accelerator="cpu", devices=1, precision=recipe.precision),
        resume=resume,
        stop_after=stop_after,
        max_minutes=max_minutes,
    )


def checkpoint(out: Path) -> dict[str, object]:
    state: dict[str, object] = torch.load(out / CHECKPOINT_FILE, weights_only=True)
    return state


def assert_same(a: object, b: object) -> None:
    if isinstance(a, torch.Tensor):
        assert isinstance(b, torch.Tensor)
        assert torch.equal(a, b)
    elif isinstance(a, dict):
        assert isinstance(b, dict)
        assert a.keys() == b.keys()
        for key in a:
            if key != "seconds":
                assert_same(a[key], b[key])
    elif isinstance(a, list | tuple):
        assert isinstance(b, list | tuple)
        assert len(a) == len(b)
        for one, other in zip(a, b, strict=True):
            assert_same(one, other)
    else:
        assert a == b


def test_a_resumed_run_equals_an_uninterrupted_one_to_the_bit(pairs_folder: Path, tmp_path: Path) -> None:
    run(pairs_folder, tmp_path / "whole")
    first = run(pairs_folder, tmp_path / "parts", stop_after=3)
    assert (first.reason, first.progress.step) == ("stop_after", 3)
    assert run(pairs_folder, tmp_path / "parts", resume=True).reason == "done"
    assert_same(checkpoint(tmp_path / "whole"), checkpoint(tmp_path / "parts"))
    whole, parts = (load_file(tmp_path / name / SELECTED_FILE) for name in ("whole", "parts"))
    assert_same(whole, parts)


def test_other_pictures_make_another_run(pairs_folder: Path, tmp_path: Path) -> None:
    """The comparison above can fail: a run on other pictures differs."""
    run(pairs_folder, tmp_path / "a", stop_after=1)
    run(pairs_folder, tmp_path / "b", replace(TINY, augment=AugmentSettings(noise=1.0)), stop_after=1)
    with pytest.raises(AssertionError):
        assert_same(checkpoint(tmp_path / "a")["module"], checkpoint(tmp_path / "b")["module"])


def test_the_best_measurement_is_kept_and_patience_ends_the_run(pairs_folder: Path, tmp_path: Path) -> None:
    recipe = replace(TINY, steps=9, validate_every=1, patience=2)
    outcome = run(pairs_folder, tmp_path, recipe, validate=[0.5, 0.7, 0.6, 0.7, 0.9])
    assert outcome.reason == "early stop"
    assert (outcome.progress.step, outcome.progress.best_step, outcome.progress.best_value) == (4, 2, 0.7)
    assert outcome.progress.history == [(1, 0.5), (2, 0.7), (3, 0.6), (4, 0.7)]
    kept, last = load_file(tmp_path / SELECTED_FILE), checkpoint(tmp_path)["average"]
    with pytest.raises(AssertionError):
        assert_same(kept, last)


def test_the_time_limit_and_a_signal_stop_with_a_checkpoint(pairs_folder: Path, tmp_path: Path) -> None:
    assert run(pairs_folder, tmp_path / "time", max_minutes=0).reason == "time"
    assert checkpoint(tmp_path / "time")["progress"]["step"] == 1  # type: ignore[index]
    before = signal.getsignal(signal.SIGTERM)

    class Stopped(MesoInception4Training):
        def after_step(self, step: int) -> None:
            if step == 1:
                os.kill(os.getpid(), signal.SIGTERM)

    outcome = run(pairs_folder, tmp_path / "signal", method=Stopped(TINY))
    assert (outcome.reason, outcome.progress.step) == ("signal", 2)
    assert (tmp_path / "signal" / CHECKPOINT_FILE).is_file()
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_gradient_that_is_not_finite_is_said(pairs_folder: Path, tmp_path: Path) -> None:
    class Broken(MesoInception4Training):
        def forward(self, batch: Batch) -> LossTerms:
            terms, scores = super().forward(batch)
            return LossTerms((LossTerm("broken", "", terms[0].value * float("inf"), 1.0),), scores)

    with pytest.raises(SettingsError, match=r"diverged at step 0.*--lr"):
        run(pairs_folder, tmp_path, method=Broken(TINY))


def test_resuming_nothing_is_said(pairs_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="nothing to resume"):
        run(pairs_folder, tmp_path, resume=True)


def test_it_overfits_one_small_batch(pairs_folder: Path, tmp_path: Path) -> None:
    """Pictures with and without a pattern, two pairs a step, soon score on their own sides."""
    plain = AugmentSettings(flip=0, affine=0, light=0, shrink=0, blur=0, noise=0, jpeg=0, webp=0)
    recipe = replace(
        TINY,
        steps=25,
        pairs_per_batch=2,
        learning_rate=5e-3,
        dropout=0.0,
        average_decay=0.0,
        validate_every=25,
        augment=plain,
    )
    method = MesoInception4Training(recipe)
    run(pairs_folder, tmp_path, recipe, method=method)
    crops = CropFolder(pairs_folder)
    settings = BatchSettings(groups_per_batch=4, size_px=256, augment=plain)
    batch = Batches([Source(reader=LevelReader(crops), groups=pair_up(crops.select("train")))], settings, seed=3).batch(
        0
    )
    with torch.no_grad():
        scores = method(batch).raw_scores
    assert (scores[1::2] > scores[0::2]).all()
    assert float(method(batch).total.detach()) < 0.35


def test_schedules() -> None:
    cosine = replace(RECOMMENDED, steps=100, warmup_steps=10, learning_rate=1.0)
    assert cosine.rate(0) == pytest.approx(0.1)
    assert cosine.rate(9) == cosine.rate(10) == pytest.approx(1.0)
    assert cosine.rate(55) == pytest.approx(0.505)
    assert cosine.rate(100) == pytest.approx(0.01)
    assert PAPER.schedule is Schedule.EXPONENTIAL
    assert [PAPER.rate(step) for step in (0, 1000, 3000)] == pytest.approx([1e-3, 1e-4, 1e-6])
    stairs = replace(PAPER, schedule=Schedule.STAIRCASE, decay=0.5, decay_steps=10)
    assert [stairs.rate(step) for step in (0, 9, 10, 25)] == pytest.approx([1e-3, 1e-3, 5e-4, 2.5e-4])
    assert replace(PAPER, schedule=Schedule.CONSTANT).rate(3999) == 1e-3


def test_the_average_follows_weights_and_statistics() -> None:
    network = MesoInception4Training(TINY).network
    average = WeightAverage(network, decay=0.5)
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    with torch.no_grad():
        for tensor in network.state_dict().values():
            tensor.add_(8)
    average.updates = 1000  # past the warm-up of the decay
    average.update(network)
    for name, tensor in average.network.state_dict().items():
        moved = 4.0 if tensor.is_floating_point() else 8
        assert torch.allclose(tensor - before[name], torch.full_like(tensor, moved), atol=1e-5), name
    average.decay = 0.0
    average.update(network)
    assert_same(dict(average.network.state_dict()), dict(network.state_dict()))
    assert not any(parameter.requires_grad for parameter in average.network.parameters())


@pytest.mark.parametrize(("loss", "term"), [("mse", "squared_error"), ("ce", "cross_entropy")])
def test_losses_equal_their_formula(loss: str, term: str) -> None:
    method = MesoInception4Training(replace(TINY, scheme=Scheme(loss), dropout=0.0)).double().eval()
    crops = torch.randint(0, 256, (4, 3, 256, 256), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    labels = torch.tensor([0.0, 1.0, 0.0, 1.0])
    scores = method.network(crops.double() / 255).raw_score.tolist()
    expected = 0.0
    for score, label in zip(scores, labels.tolist(), strict=True):
        probability = 1 / (1 + torch.exp(torch.tensor(-score, dtype=torch.float64)).item())
        if loss == "mse":
            expected += (probability - label) ** 2 / 4
        else:
            expected -= torch.log(torch.tensor(probability if label else 1 - probability)).item() / 4
    terms = method.float()(Batch(crops, labels))
    assert float(terms.total.detach()) == pytest.approx(expected, rel=1e-3)
    assert [one.name for one in terms.terms] == [term]
    terms.total.backward()
    for name, parameter in method.network.named_parameters():
        assert parameter.grad is not None, name
