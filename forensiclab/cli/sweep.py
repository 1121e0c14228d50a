"""``forensiclab sweep``: how far the detectors' answers withstand more compression."""

import argparse
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from forensiclab.cli.detector_names import add_detectors, chosen_detectors
from forensiclab.cli.outputs import STANDARD_OUTPUT, write_all
from forensiclab.cli.terminal import print_json, print_lines, say
from forensiclab.core.cancel import CancelToken
from forensiclab.core.compression import COMPRESSING, Codec, CompressionLevel, level_ranges
from forensiclab.core.errors import SettingsError
from forensiclab.settings import load_settings

if TYPE_CHECKING:
    from forensiclab.analysis.robustness import SweepReport


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command and its options; their defaults are the user's settings."""
    loaded = load_settings()
    settings = loaded.record
    parser = commands.add_parser(
        "sweep",
        help="recompress faces, level by level, and score them again",
        description="Find and track faces, compress some of every track at every level, score them with every chosen "
        "detector, and say from which level on a verdict is another one.",
    )
    parser.add_argument("path", type=_named_path, metavar="VIDEO", help="a video or a picture")
    parser.add_argument(
        "--codec",
        default=Codec.H264.cli_name,
        choices=[codec.cli_name for codec in COMPRESSING],
        help="what compresses; default: %(default)s",
    )
    parser.add_argument(
        "--levels",
        default="",
        metavar="FROM:TO:STEP",
        help=f"settings ({level_ranges()}): 18:45:3, 18:45, or 18,23,40; default: a complete curve. The exhibit as it "
        "is comes first in any case",
    )
    add_detectors(parser, settings.detectors, "those of your settings, else all")
    parser.add_argument(
        "--crops", type=_positive, default=8, metavar="N", help="faces of a track, evenly spread; default: %(default)s"
    )
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write a row per level, detector and track")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw the curves; the name ends in .png or .svg")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all as JSON, '-' for standard output")
    parser.add_argument("--device", default=settings.device, help="auto, cpu, cuda or cuda:N; default: %(default)s")
    parser.add_argument(
        "--precision",
        default=settings.precision,
        choices=("float32", "reduced"),
        help="reduced is faster where the hardware has bfloat16 or float16; default: %(default)s",
    )
    parser.set_defaults(carry_out=carry_out, settings_problems=loaded.problems, refuse=parser.error)


def _named_path(text: str) -> Path:
    """Argument type: an empty name, as of a shell variable that is not set, must not mean the current folder."""
    if not text.strip():
        raise argparse.ArgumentTypeError("the name of a video is empty.")
    return Path(text)


def _positive(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1000:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number of faces; write a whole number from 1 to 1000.")
    return int(text)


def parse_levels(codec: Codec, text: str) -> tuple[CompressionLevel, ...]:
    """Read ``18:45:3`` (the end included), ``18:45`` or ``18,23,40``; empty text means no levels.

    Raises:
        SettingsError: It is none of these, or a number is out of the codec's range.
    """
    if not text.strip():
        return ()
    span = re.fullmatch(r"\s*(\d{1,3}):(\d{1,3})(?::(\d{1,3}))?\s*", text)
    if span:
        first, last, step = int(span[1]), int(span[2]), int(span[3] or 1)
        if step < 1:
            raise SettingsError(f"The levels '{text}' need a step of at least 1.")
        values = range(first, last + 1, step) if first <= last else range(first, last - 1, -step)
    elif re.fullmatch(r"\s*\d{1,3}(\s*,\s*\d{1,3})*\s*", text):
        values = [int(part) for part in text.split(",")]  # type: ignore[assignment]
    else:
        raise SettingsError(f"'{text}' names no levels; write 18:45:3 (from, to, step), 18:45, or 18,23,40.")
    return tuple(dict.fromkeys(CompressionLevel(codec, value) for value in values))


def carry_out(options: argparse.Namespace, token: CancelToken) -> int:
    """Sweep one exhibit."""
    from forensiclab.analysis.events import Progress
    from forensiclab.analysis.robustness import SweepFinished, SweepRequest
    from forensiclab.analysis.sweep import sweep
    from forensiclab.cli import DONE, FAILED, NOT_ASSESSABLE
    from forensiclab.cli.progress import ProgressLine
    from forensiclab.cli.sweep_summary import sweep_lines
    from forensiclab.core.records import ExhibitState
    from forensiclab.core.scores import Verdict
    from forensiclab.report.sweep_tables import to_sweep_json

    for problem in options.settings_problems:
        say(problem)
    codec = next(codec for codec in COMPRESSING if codec.cli_name == options.codec)
    try:
        levels = parse_levels(codec, options.levels)
    except SettingsError as error:
        options.refuse(str(error))
    _check_outputs(options)
    request = SweepRequest(
        path=options.path,
        codec=codec,
        levels=levels,
        detectors=chosen_detectors(options),
        device=options.device,
        precision=options.precision,
        crops_per_track=options.crops,
    )
    report = None
    with ProgressLine(options.path.name) as line:
        for event in sweep(request, token):
            match event:
                case Progress():
                    line.show(event)
                case SweepFinished():
                    report = event.report
    assert report is not None  # SweepFinished is the last event of every sweep that raises nothing
    is_whole = _write_outputs(options, report)
    if options.json == STANDARD_OUTPUT:
        print_json(to_sweep_json(report))
    else:
        print_lines(*sweep_lines(report))
    if report.is_partial or not is_whole:
        return FAILED
    if report.exhibit_state is not ExhibitState.MATCHES:
        return NOT_ASSESSABLE
    return NOT_ASSESSABLE if report.levels[0].video.verdict is Verdict.NOT_ASSESSABLE else DONE


def _check_outputs(options: argparse.Namespace) -> None:
    """Find out now, not after the sweep, that an output cannot be written."""
    from forensiclab.report.output import FileKind, check_targets
    from forensiclab.report.sweep_plot import FORMATS

    if options.csv == STANDARD_OUTPUT or options.plot == STANDARD_OUTPUT:
        options.refuse("Only --json can go to standard output; name a file for --csv and --plot.")
    if _plot_format(options) not in FORMATS:
        options.refuse(f"'{options.plot}' is not a name for a plot; let it end in .{' or .'.join(FORMATS)}.")
    plot = FileKind[_plot_format(options).upper()]
    named = ((options.csv, FileKind.CSV), (options.plot, plot), (options.json, FileKind.JSON))
    check_targets([(path, kind) for path, kind in named if path not in (None, STANDARD_OUTPUT)], (options.path,))


def _plot_format(options: argparse.Namespace) -> str:
    """Return the suffix of the plot's name without its dot; ``png`` where no plot is asked for."""
    return "png" if options.plot is None else str(options.plot.suffix.lower().removeprefix("."))


def _write_outputs(options: argparse.Namespace, report: "SweepReport") -> bool:
    """Write every file that can be written; the answer is whether all of them were."""
    from forensiclab.report.output import FileKind, write_file
    from forensiclab.report.sweep_plot import sweep_plot
    from forensiclab.report.sweep_tables import to_sweep_csv, to_sweep_json

    plot_format = _plot_format(options)
    outputs: list[tuple[Path | None, FileKind, Callable[[], bytes]]] = [
        (options.csv, FileKind.CSV, lambda: to_sweep_csv(report).encode()),
        (options.json, FileKind.JSON, lambda: to_sweep_json(report).encode()),
        (options.plot, FileKind[plot_format.upper()], lambda: sweep_plot(report, plot_format)),
    ]

    def write(path: Path, kind: FileKind, content: Callable[[], bytes]) -> Path:
        return write_file(content(), path, report.exhibit.path, kind)

    return write_all(
        partial(write, path, kind, content)
        for path, kind, content in outputs
        if path is not None and path != STANDARD_OUTPUT
    )
