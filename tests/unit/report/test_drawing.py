"""The styles of curves."""

from forensiclab.report.drawing import curve_style


def test_curves_of_one_colour_differ_in_marker_and_all_curves_in_something():
    styles = [curve_style(position) for position in range(24)]
    assert len(set(styles)) == len(styles)
    markers_of = {}
    for color, _, marker in styles:
        assert marker not in markers_of.setdefault(color, set())
        markers_of[color].add(marker)
