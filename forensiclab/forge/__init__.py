"""Forgeries made from real faces, with exact masks: for the demo, and for training."""
