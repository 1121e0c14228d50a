"""Detectors: one file per method, its inference half. ``DETECTORS`` is the only list of them."""

DETECTORS: dict[str, str] = {
    "meso_inception4": "forensiclab.detectors.meso_inception4:MesoInception4",
}
"""Method -> "module:Class" of its network; a module is imported when its method is first used."""
