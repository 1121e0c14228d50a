"""``forensiclab analyze``: exhibits in, verdicts, JSON and PDF out."""

import argparse
import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from forensiclab.cli.detector_names import add_detectors, chosen_detectors
from forensiclab.cli.outputs import STANDARD_OUTPUT, write_all
from forensiclab.cli.terminal import StandardOutputError, print_json, print_lines, say
from forensiclab.core.cancel import CancelToken
from forensiclab.core.errors import Cancelled, ForensicLabError, ReportError
from forensiclab.core.media_files import is_folder, search_folder
from forensiclab.core.options import Aggregation, SamplingPolicy
from forensiclab.settings import load_settings

if TYPE_CHECKING:
    from forensiclab.analysis.events import AnalysisReport
    from forensiclab.report.output import ResultNames

_NAMED_AT_MOST: Final = 8


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command and its options; their defaults are the user's settings."""
    loaded = load_settings()
    settings = loaded.record
    parser = commands.add_parser(
        "analyze",
        help="analyse videos and pictures",
        description="Find and track faces, score them with every chosen detector, and say what the evidence supports.",
    )
    parser.add_argument(
        "paths", nargs="+", type=_named_path, metavar="VIDEO", help="a video, a picture, or a folder of them"
    )
    add_detectors(parser, settings.detectors, "those of your settings, else all")
    parser.add_argument("--report", type=Path, metavar="PDF", help="write a PDF report; a folder if there are several")
    parser.add_argument(
        "--json",
        type=Path,
        metavar="FILE",
        help="write the result as JSON, '-' for standard output; a folder if there are several exhibits ('-': one "
        "line of JSON each)",
    )
    parser.add_argument("--device", default=settings.device, help="auto, cpu, cuda or cuda:N; default: %(default)s")
    parser.add_argument(
        "--precision",
        default=settings.precision,
        choices=("float32", "reduced"),
        help="reduced is faster where the hardware has bfloat16 or float16; default: %(default)s",
    )
    parser.add_argument(
        "--sampling",
        type=SamplingPolicy.parse,
        default=settings.sampling,
        help="all, every:K or per-track:N faces; default: %(default)s",
    )
    parser.add_argument(
        "--aggregation",
        type=Aggregation.parse,
        default=settings.aggregation,
        help="a track's score: mean, median or top:P; default: %(default)s",
    )
    parser.set_defaults(carry_out=carry_out, settings_problems=loaded.problems, refuse=parser.error)


def _named_path(text: str) -> Path:
    """Argument type: an empty name, as of a shell variable that is not set, must not mean the current folder."""
    if not text.strip():
        raise argparse.ArgumentTypeError("the name of a video is empty.")
    return Path(text)


def carry_out(options: argparse.Namespace, token: CancelToken) -> int:
    """Analyse every exhibit; one that fails does not stop the others."""
    from forensiclab.cli import DONE, FAILED, NOT_ASSESSABLE
    from forensiclab.report.output import ResultNames

    for problem in options.settings_problems:
        say(problem)
    if options.report == STANDARD_OUTPUT:
        options.refuse("Only --json can go to standard output; name a file for --report.")
    exhibits = list_exhibits(options.paths)
    is_single = len(exhibits) == 1 and not is_folder(options.paths[0])
    _check_outputs(options, exhibits, is_single)
    names = None if is_single else ResultNames()
    codes = {DONE}
    for number, path in enumerate(exhibits, start=1):
        if token.is_cancelled:
            say(f"Cancelled; {len(exhibits) - number + 1} exhibits were not analysed.")
            codes.add(FAILED)
            break
        label = path.name if is_single else f"[{number}/{len(exhibits)}] {path.name}"
        try:
            codes.add(_analyze_one(path, label, options, token, names))
        except StandardOutputError as error:
            if not error.is_unread:
                say(str(error))
            codes.add(FAILED)
            if not _has_files(options):  # what else is found could not be seen by anybody
                break
        except ForensicLabError as error:
            say(str(error))
            codes.add(FAILED)
        except Cancelled:
            say(f"{path}: Cancelled before there was anything to report.")
            codes.add(FAILED)
    return next(code for code in (FAILED, NOT_ASSESSABLE, DONE) if code in codes)


def list_exhibits(paths: Sequence[Path]) -> list[Path]:
    """Files as named, folders as the media files below them, by name; other files in a folder are counted aloud.

    Raises:
        MediaError: A folder holds no media file, or cannot be read.
    """
    exhibits: list[Path] = []
    for path in paths:
        if not is_folder(path):
            exhibits.append(path)
            continue
        found = search_folder(path)
        if found.companions:
            say(
                f"{len(found.companions)} files in {path} are companions that macOS makes (AppleDouble); they hold no "
                f"picture and were left out: {_first(found.companions)}."
            )
        if found.others:
            say(
                f"{len(found.others)} files in {path} are not videos or pictures by their names and were left out: "
                f"{_first(found.others)}."
            )
        exhibits += found.media
    return exhibits


def _first(files: Sequence[Path]) -> str:
    more = f" and {len(files) - _NAMED_AT_MOST} more" if len(files) > _NAMED_AT_MOST else ""
    return ", ".join(file.name for file in files[:_NAMED_AT_MOST]) + more


def _check_outputs(options: argparse.Namespace, exhibits: Sequence[Path], is_single: bool) -> None:
    """Find out now, not after the analysis, that an output cannot be written."""
    from forensiclab.report.output import FileKind, check_folder, check_targets

    targets = [
        (path, kind)
        for path, kind in ((options.json, FileKind.JSON), (options.report, FileKind.PDF))
        if path not in (None, STANDARD_OUTPUT)
    ]
    if is_single:
        for path, _ in targets:
            if is_folder(path):
                raise ReportError(f"{path} is a folder; name a file for the result of one exhibit.")
        check_targets(targets, exhibits)
        return
    for path, _ in targets:
        check_folder(path)


def _has_files(options: argparse.Namespace) -> bool:
    return options.report is not None or options.json not in (None, STANDARD_OUTPUT)


def _analyze_one(
    path: Path, label: str, options: argparse.Namespace, token: CancelToken, names: "ResultNames | None"
) -> int:
    from forensiclab.analysis import events
    from forensiclab.analysis.analyze import analyze
    from forensiclab.cli import DONE, FAILED, NOT_ASSESSABLE
    from forensiclab.cli.progress import ProgressLine
    from forensiclab.cli.summary import summary_lines
    from forensiclab.core.records import ExhibitState
    from forensiclab.core.scores import Verdict
    from forensiclab.report.result_json import to_json

    request = events.AnalysisRequest(
        path=path,
        detectors=chosen_detectors(options),
        device=options.device,
        precision=options.precision,
        sampling=options.sampling,
        aggregation=options.aggregation,
    )
    report = None
    with ProgressLine(label) as line:
        for event in analyze(request, token):
            match event:
                case events.Progress():
                    line.show(event)
                case events.AnalysisFinished():
                    report = event.report
    assert report is not None  # AnalysisFinished is the last event of every analysis that raises nothing
    is_whole = _write_files(report, options, names)
    if options.json == STANDARD_OUTPUT:
        text = to_json(report)
        print_json(text if names is None else json.dumps(json.loads(text), ensure_ascii=False) + "\n")
    else:
        print_lines(*summary_lines(report))
    if report.is_partial or not is_whole:
        return FAILED
    if report.exhibit_state is not ExhibitState.MATCHES:
        return NOT_ASSESSABLE
    return NOT_ASSESSABLE if report.video.verdict is Verdict.NOT_ASSESSABLE else DONE


def _write_files(report: "AnalysisReport", options: argparse.Namespace, names: "ResultNames | None") -> bool:
    """Write every file that can be written; the answer is whether all of them were."""
    from forensiclab.report.output import FileKind
    from forensiclab.report.pdf import write_pdf
    from forensiclab.report.result_json import write_json

    json_file, pdf_file = (None if path == STANDARD_OUTPUT else path for path in (options.json, options.report))
    if names is not None:
        targets = [(json_file, FileKind.JSON), (pdf_file, FileKind.PDF)]
        name = names.name(report.exhibit, [(folder, kind) for folder, kind in targets if folder is not None])
        json_file, pdf_file = (
            None if folder is None else folder / f"{name}.{kind.name.lower()}" for folder, kind in targets
        )
    writers: list[Callable[[], Path]] = []
    if json_file is not None:
        writers.append(partial(write_json, report, json_file))
    if pdf_file is not None:
        writers.append(partial(write_pdf, report, pdf_file))
    return write_all(writers)
