"""``forensiclab demo``: a forgery whose truth is known, analysed and reported like any other exhibit."""

import argparse
import filecmp
import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from forensiclab.cli.detector_names import add_detectors, chosen_detectors
from forensiclab.cli.outputs import write_all
from forensiclab.cli.terminal import print_lines, say
from forensiclab.core.cancel import CancelToken
from forensiclab.core.errors import ReportError
from forensiclab.core.options import SamplingPolicy

if TYPE_CHECKING:
    from forensiclab.demo import DemoTruth


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command and its options."""
    parser = commands.add_parser(
        "demo",
        help="make a known forgery, analyse it, write the report",
        description="Make a clip from a public-domain portrait, its middle third forged, analyse it, compare the "
        "result with the truth, and write PDF and JSON beside it.",
    )
    parser.add_argument(
        "--out", type=Path, default=Path("forensiclab-demo"), metavar="FOLDER", help="default: %(default)s"
    )
    add_detectors(parser, (), "all")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:N; default: %(default)s")
    parser.set_defaults(carry_out=carry_out)


def carry_out(options: argparse.Namespace, token: CancelToken) -> int:
    """Make, analyse, compare, report. Only the demo's own three files in the folder are written."""
    from forensiclab.analysis.analyze import analyze
    from forensiclab.analysis.events import AnalysisFinished, AnalysisRequest, Progress
    from forensiclab.cli import DONE, FAILED
    from forensiclab.cli.progress import ProgressLine
    from forensiclab.cli.summary import summary_lines
    from forensiclab.demo import truth_lines
    from forensiclab.report.output import FileKind, check_targets
    from forensiclab.report.pdf import write_pdf
    from forensiclab.report.result_json import write_json

    folder: Path = options.out
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ReportError(f"The folder {folder} cannot be made: {error.strerror}.") from error
    clip, json_file, pdf_file = (folder / f"demo.{suffix}" for suffix in ("mp4", "json", "pdf"))
    check_targets([(json_file, FileKind.JSON), (pdf_file, FileKind.PDF)], (clip,))
    say("Making the clip ...")
    truth = _made(clip)
    request = AnalysisRequest(
        path=clip,
        detectors=chosen_detectors(options),
        device=options.device,
        sampling=SamplingPolicy("every", 2),
    )
    report = None
    with ProgressLine(clip.name) as line:
        for event in analyze(request, token):
            match event:
                case Progress():
                    line.show(event)
                case AnalysisFinished():
                    report = event.report
    assert report is not None  # AnalysisFinished is the last event of every analysis that raises nothing
    is_whole = write_all([partial(write_json, report, json_file), partial(write_pdf, report, pdf_file)])
    print_lines(*summary_lines(report), *truth_lines(report, truth))
    return FAILED if report.is_partial or not is_whole else DONE


def _made(clip: Path) -> "DemoTruth":
    """Make the clip. A file that has its name already stays as it is, and must be the same clip.

    Raises:
        ReportError: It is another file.
        MediaError: The clip cannot be made.
    """
    from forensiclab.demo import make_clip

    taken = ReportError(f"{clip} is there already and is not the demo's clip; choose another folder with --out.")
    if clip.exists() and not clip.is_file():
        raise taken
    try:
        with tempfile.TemporaryDirectory(dir=clip.parent, prefix=".forensiclab-") as folder:
            truth = make_clip(Path(folder) / clip.name)
            if not clip.exists():
                truth.path.rename(clip)
            elif not filecmp.cmp(truth.path, clip, shallow=False):
                raise taken
    except OSError as error:
        raise ReportError(f"The clip {clip} cannot be written: {error.strerror}.") from error
    return replace(truth, path=clip)
