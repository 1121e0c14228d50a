"""Threads beside the main one: what takes long is done here, and its end is told by signals.

``analysis_runner`` runs analyses one after the other; ``task_runner`` does small pieces of work; ``frames`` is what
threads ask of a decoder.
"""
