"""Folders of videos and face crops as they lie on disk: what is in them, and how it is read.

Adapters list the videos of each data set; the manifest says what is known of each; ``crops`` and ``levels`` read crops,
as they are or compressed, ``fitting`` brings them to a network's size; ``pairing`` finds the original of each forgery.
"""
