import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from types import ModuleType

import matplotlib as mpl
import pytest

from forensiclab.report.plots import qp_histogram_svg, timeline_svgs

SVG = "{http://www.w3.org/2000/svg}"


def curve(svg: bytes, detector: str, track_id: int) -> str:
    group = ElementTree.fromstring(svg).find(f".//{SVG}g[@id='scores-{detector}-track-{track_id}']")
    assert group is not None
    path = group.find(f"{SVG}path")
    assert path is not None
    return path.attrib["d"]


def test_one_curve_per_detector_and_track_broken_at_gaps(example: ModuleType) -> None:
    report = example.two_tracks()
    (svg,) = timeline_svgs(report, report.tracks)
    parts = {
        (name, number): curve(svg, name, number).count("M")
        for name in ("meso_inception4_dfdc", "xception_ce")
        for number in (1, 2)
    }
    assert parts == {
        ("meso_inception4_dfdc", 1): 2,  # a face that was too small
        ("xception_ce", 1): 2,
        ("meso_inception4_dfdc", 2): 1,
        ("xception_ce", 2): 2,  # out of memory, this detector only
    }


def test_the_same_bytes_again_whatever_the_users_settings(example: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    report = example.two_tracks()
    tracks = report.tracks[1:]
    first = timeline_svgs(report, tracks)
    monkeypatch.setitem(mpl.rcParams, "font.size", 20)
    monkeypatch.setitem(mpl.rcParams, "axes.grid", False)
    assert timeline_svgs(report, tracks) == first
    assert mpl.rcParams["font.size"] == 20
    assert b"<dc:date>" not in first[0]


def test_curves_differ_in_more_than_colour(example: ModuleType) -> None:
    report = example.two_tracks()
    (svg,) = timeline_svgs(report, report.tracks)
    styles = []
    for number in (1, 2):
        group = ElementTree.fromstring(svg).find(f".//{SVG}g[@id='scores-xception_ce-track-{number}']")
        assert group is not None
        path = group.find(f"{SVG}path")
        marker = group.find(f".//{SVG}use")
        assert path is not None
        assert marker is not None
        styles.append(("dasharray" in path.attrib["style"], marker.attrib["{http://www.w3.org/1999/xlink}href"]))
    assert styles[0][0] != styles[1][0]
    assert styles[0][1] != styles[1][1]


def test_many_detectors_go_on_several_pages(example: ModuleType) -> None:
    names = tuple(f"d{number}" for number in range(6))
    records = tuple(replace(example.CALIBRATED, card=example.card(name)) for name in names)
    track = example.track(1, detectors=names, crops=0)
    report = example.two_tracks(method=replace(example.METHOD, detectors=records), tracks=(track,))
    drawings = timeline_svgs(report, report.tracks)
    assert len(drawings) == 2
    assert curve(drawings[0], "d3", 1)
    assert curve(drawings[1], "d4", 1)


def test_long_curves_are_thinned_but_keep_their_extremes(example: ModuleType) -> None:
    track = example.track(1, crops=0, detectors=("xception_ce",))
    score = track.crop_scores[0]
    scores = tuple(
        replace(score, frame_index=i, pts_s=i / 25, raw_score=999.0 if i == 12345 else float(i % 7))
        for i in range(20_000)
    )
    long = replace(track, start_s=0.0, end_s=800.0, crop_scores=scores)
    method = replace(example.METHOD, detectors=(example.UNCALIBRATED,))
    report = example.two_tracks(method=method, tracks=(long,), skipped=(), shot_cuts_s=())
    (svg,) = timeline_svgs(report, report.tracks)
    points = re.findall(r"[ML] ([\d.]+) ([\d.]+)", curve(svg, "xception_ce", 1))
    assert 100 < len(points) <= 1001
    heights = sorted(float(y) for _, y in points)
    assert heights[1] - heights[0] > 50  # the one peak stands out


def test_a_still_has_no_timeline(example: ModuleType) -> None:
    report = example.image()
    assert timeline_svgs(report, report.tracks) == ()
    assert timeline_svgs(report, ()) == ()


def test_histogram(example: ModuleType) -> None:
    svg = qp_histogram_svg(example.CODING)
    assert svg is not None
    assert qp_histogram_svg(example.CODING) == svg
    bars = [group for group in ElementTree.fromstring(svg).iter(f"{SVG}path") if "clip-path" in group.attrib]
    assert len(bars) >= 14
    assert qp_histogram_svg(example.image().coding) is None
