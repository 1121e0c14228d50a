"""``forensiclab demo``: a forgery whose truth is known, analysed and reported like any other exhibit."""

import argparse
import sys
from pathlib import Path

from forensiclab.cli.detector_names import add_detectors, chosen_detectors
from forensiclab.core.cancel import CancelToken
from forensiclab.core.errors import ReportError


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
    from forensiclab.demo import make_clip, truth_lines
    from forensiclab.report.pdf import write_pdf
    from forensiclab.report.result_json import write_json

    folder: Path = options.out
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ReportError(f"The folder {folder} cannot be made: {error.strerror}.") from error
    clip = folder / "demo.mp4"
    sys.stderr.write("Making the clip ...\n")
    truth = make_clip(clip, overwrite=True)
    request = AnalysisRequest(path=clip, detectors=chosen_detectors(options), device=options.device, sampling="every:2")
    report = None
    with ProgressLine(clip.name) as line:
        for event in analyze(request, token):
            match event:
                case Progress():
                    line.show(event)
                case AnalysisFinished():
                    report = event.report
    assert report is not None  # AnalysisFinished is the last event of every analysis that raises nothing
    sys.stdout.write("\n".join([*summary_lines(report), *truth_lines(report, truth)]) + "\n")
    for written in (write_json(report, folder / "demo.json"), write_pdf(report, folder / "demo.pdf")):
        sys.stdout.write(f"Wrote {written}\n")
    return FAILED if report.is_partial else DONE
