"""Statistics of scores against labels, on arrays alone: they know neither folders nor networks.

Metrics, bootstrap intervals over clips, DeLong's test of two detectors, and the reliability of probabilities.
"""
