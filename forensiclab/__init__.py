"""ForensicLab: judge compressed face videos, offline.

The program on one page
-----------------------
``core``       records, errors, cancelling, geometry: what every package may know
``media``      a file -> frames with time, picture type and QP; transcoding (the only package that imports av)
``faces``      frames -> faces -> tracks -> crops
``detectors``  crops -> raw scores and attention maps; one file per method, weights with a card
``forge``      forgeries made from real faces, with exact masks
``analysis``   one generator from an exhibit to a verdict: ``analyze(request, cancel) -> Iterator[Event]``
``inspection`` one face on request: at other compression levels, bleached, as a spectrum
``report``     the result as JSON and as PDF
``settings``   one frozen record, one TOML file: the defaults of window and command line
``gui``        the window (the only package that imports Qt); ``cli`` the command line; both only loop over events

One way through the house: ``StreamInfo -> Frame -> Face -> Track -> Crop -> CropScore -> DetectorScore ->
VideoResult -> AnalysisReport``. Every frame that goes in comes out as a score or as a ``Skipped`` with its reason.
Imports go one way, down this list's layers; the contracts in ``pyproject.toml`` are a test.
"""

__version__ = "0.1.0"
