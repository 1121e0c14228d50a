"""Losses, one a file: functions of tensors, each with its equation."""
