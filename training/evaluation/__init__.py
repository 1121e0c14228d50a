"""Measuring detectors: metrics, evaluation of folders of crops, calibration."""
