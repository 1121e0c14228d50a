"""``spectrum``: where the power spectra of real faces lie, for the inspector."""

import argparse
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from forensiclab.core.errors import SettingsError
from training.cli.arguments import levels, positive


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, help="The folder of crops.")
    parser.add_argument("--split", help="The split whose real crops are measured; all crops without it.")
    parser.add_argument(
        "--levels",
        type=levels,
        default="clean,crf:23,crf:32,crf:40",
        help="The levels at which they are measured (default %(default)s); clean is as they are stored.",
    )
    parser.add_argument("--n", type=positive, default=400, help="The number of real crops (default %(default)s).")
    parser.add_argument(
        "--min-source-px",
        type=positive,
        default=200,
        help="The least width of a crop in its frame, since enlarged faces lack fine detail (default %(default)s); "
        "where the index does not say it, the stored width counts.",
    )
    parser.add_argument(
        "--size-px", type=positive, default=224, help="The side to which crops are resized (default %(default)s)."
    )
    parser.add_argument("--out", type=Path, required=True, help="The file to write.")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    import numpy as np

    from forensiclab.analysis.spectrum import (
        FREQUENCIES,
        PERCENTILES,
        ReferenceBand,
        power_spectrum,
        write_reference_bands,
    )
    from forensiclab.core.records import CropRule
    from training.datasets.crops import CropFolder
    from training.datasets.fitting import fit
    from training.datasets.levels import compress
    from training.runs.run_record import without_places

    folder = CropFolder(options.data)
    real = [
        entry
        for entry in folder.select(options.split)
        if entry.label == 0 and (entry.source_width_px or folder.picture(entry).shape[1]) >= options.min_source_px
    ]
    if not real:
        raise SettingsError(
            f"The folder {options.data} has no real crops of at least {options.min_source_px} pixels to measure."
        )
    n = min(options.n, len(real))
    chosen = [real[place * len(real) // n] for place in range(n)]
    pictures = [folder.picture(entry) for entry in chosen]
    bands = []
    start = time.monotonic()
    for number, level in enumerate(options.levels):
        spectra = np.stack([power_spectrum(fit(compress(one, level), options.size_px)) for one in pictures])
        if not np.isfinite(spectra).all():
            raise SettingsError(f"Crops of {options.size_px} pixels are too small for {len(FREQUENCIES)} frequencies.")
        low, median, high = np.percentile(spectra, PERCENTILES, axis=0)
        bands.append(
            ReferenceBand(
                name=str(level),
                level=level,
                rule=CropRule(size_px=options.size_px, margin=folder.margin),
                min_source_px=options.min_source_px,
                frequencies=FREQUENCIES,
                low=low,
                median=median,
                high=high,
                n_real=n,
                data=folder.title if options.split is None else f"{folder.title} ({options.split})",
                date=datetime.now(UTC).date().isoformat(),
                command=without_places(options.command_line),
            )
        )
        left_s = (time.monotonic() - start) / (number + 1) * (len(options.levels) - number - 1)
        sys.stderr.write(f"{level}: {n} crops, about {left_s:.0f} s left\n")
    write_reference_bands(bands, options.out)
    sys.stdout.write(f"wrote {options.out}: {len(bands)} levels, {n} of {len(real)} real crops\n")
    return 0
