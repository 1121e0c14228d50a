"""``forensiclab analyze``: exhibits in, verdicts, JSON and PDF out."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from forensiclab.cli.detector_names import add_detectors, chosen_detectors
from forensiclab.core.cancel import CancelToken
from forensiclab.core.errors import Cancelled, ForensicLabError, ReportError
from forensiclab.core.media_files import is_folder, search_folder
from forensiclab.settings import load_settings


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
        "--sampling", default=settings.sampling, help="all, every:K or per-track:N faces; default: %(default)s"
    )
    parser.add_argument(
        "--aggregation",
        default=settings.aggregation,
        help="a track's score: mean, median or top:P; default: %(default)s",
    )
    parser.set_defaults(carry_out=carry_out, settings_problems=loaded.problems)


def _named_path(text: str) -> Path:
    """Argument type: an empty name, as of a shell variable that is not set, must not mean the current folder."""
    if not text.strip():
        raise argparse.ArgumentTypeError("the name of a video is empty.")
    return Path(text)


def carry_out(options: argparse.Namespace, token: CancelToken) -> int:
    """Analyse every exhibit; one that fails does not stop the others."""
    from forensiclab.cli import DONE, FAILED, NOT_ASSESSABLE

    for problem in options.settings_problems:
        sys.stderr.write(f"forensiclab: {problem}\n")
    exhibits = list_exhibits(options.paths)
    is_single = len(exhibits) == 1 and not is_folder(options.paths[0])
    _prepare_outputs(options, is_single)
    codes = {DONE}
    for number, path in enumerate(exhibits, start=1):
        if token.is_cancelled:
            sys.stderr.write(f"forensiclab: Cancelled; {len(exhibits) - number + 1} exhibits were not analysed.\n")
            codes.add(FAILED)
            break
        label = path.name if is_single else f"[{number}/{len(exhibits)}] {path.name}"
        try:
            codes.add(_analyze_one(path, label, options, token, is_single))
        except ForensicLabError as error:
            sys.stderr.write(f"forensiclab: {error}\n")
            codes.add(FAILED)
        except Cancelled:
            sys.stderr.write(f"forensiclab: {path}: Cancelled before there was anything to report.\n")
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
        if found.n_others:
            sys.stderr.write(
                f"forensiclab: {found.n_others} files in {path} are no videos or pictures by their name and "
                "were not looked at.\n"
            )
        exhibits += found.media
    return exhibits


def _prepare_outputs(options: argparse.Namespace, is_single: bool) -> None:
    """Find out now, not after the analysis, that an output cannot be written."""
    for path in (options.report, options.json):
        if path is None or str(path) == "-":
            continue
        if is_single:
            if path.is_dir():
                raise ReportError(f"{path} is a folder; name a file for the result of one exhibit.")
            folder = path.parent
        else:
            if path.exists() and not path.is_dir():
                raise ReportError(f"{path} is a file; name a folder for the results of several exhibits.")
            folder = path
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise ReportError(f"The folder {folder} cannot be made: {error.strerror}.") from error
        if not folder.is_dir():
            raise ReportError(f"The folder {folder} does not exist; make it first.")


def _analyze_one(path: Path, label: str, options: argparse.Namespace, token: CancelToken, is_single: bool) -> int:
    from forensiclab.analysis import events
    from forensiclab.analysis.analyze import analyze
    from forensiclab.cli import DONE, FAILED, NOT_ASSESSABLE
    from forensiclab.cli.progress import ProgressLine
    from forensiclab.cli.summary import summary_lines
    from forensiclab.core.scores import Verdict
    from forensiclab.report.pdf import write_pdf
    from forensiclab.report.result_json import to_json, write_json

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
    to_standard_output = str(options.json) == "-"
    if to_standard_output:
        text = to_json(report)
        sys.stdout.write((text if is_single else json.dumps(json.loads(text), ensure_ascii=False)).rstrip("\n") + "\n")
        sys.stdout.flush()
    else:
        sys.stdout.write("\n".join(summary_lines(report)) + "\n")
    name = f"{path.stem}-{report.exhibit.sha256[:8]}"
    if options.json and not to_standard_output:
        written = write_json(report, options.json if is_single else options.json / f"{name}.json")
        sys.stderr.write(f"forensiclab: wrote {written}\n")
    if options.report:
        written = write_pdf(report, options.report if is_single else options.report / f"{name}.pdf")
        sys.stderr.write(f"forensiclab: wrote {written}\n")
    if report.is_partial:
        return FAILED
    return NOT_ASSESSABLE if report.video.verdict is Verdict.NOT_ASSESSABLE else DONE
