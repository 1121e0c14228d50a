"""Frames become faces, faces become tracks, tracks become crops.

``finder`` finds the faces of one picture, ``shots`` says where a new shot begins, ``track`` carries the faces from
frame to frame (by ``flow`` and ``appearance``), ``crop`` cuts them out under a detector's rule and measures quality.
"""
