"""ForensicLab: judge compressed face videos, offline.

The program on one page
-----------------------
``core``       records, scores, errors, cancelling, codecs, notation, files: what every package may know
``media``      a file -> frames with time, picture type and QP; recompression (the only package that imports av)
``faces``      frames -> faces -> tracks -> crops
``detectors``  crops -> raw scores and attention maps; one file per method, weights with a card
``forge``      forgeries made from real faces, with exact masks
``analysis``   one generator from an exhibit to a verdict: ``analyze(request, cancel) -> Iterator[Event]``; ``sweep``
               asks the same of every compression level; both read the exhibit through one ``FaceStream``
``inspection`` one face on request: at other compression levels, bleached, as a spectrum
``report``     the result as JSON and as PDF
``settings``   one frozen record, one TOML file: the defaults of window and command line
``demo``       a clip whose truth is known
``cli``        the command line: a loop over the events
``gui``        the window (the only package that imports Qt): features that know nothing of one another, on ``state``,
               ``work``, ``widgets`` and ``text``

One way through the house: ``StreamInfo -> Frame -> Face -> TrackedFace -> Crop -> CropScore -> DetectorScore ->
VideoResult -> AnalysisReport``. A ``Crop`` holds its ``TrackedFace``; whatever a detector says about a track, a video
or a level is a ``DetectorScore``. Every frame that goes in comes out as a score or as a ``Skipped`` with its reason.
Imports go one way, to what stands above; the contracts in ``pyproject.toml`` are a test.
"""

__version__ = "0.1.0"
