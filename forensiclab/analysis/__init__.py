"""The pipeline. It knows detectors by protocol only."""
