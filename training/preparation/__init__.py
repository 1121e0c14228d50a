"""From a data set's videos to folders of face crops, and from those to compressed copies.

``prepare`` works through the groups of a manifest in parallel (``group_crops`` cuts one); ``compress`` copies folders
of crops and ``compress_clips`` folders of clips at a level.
"""
