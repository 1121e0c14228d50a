"""Two exhibits side by side, in a window of its own.

``rows`` compares two sessions line by line; ``model`` shows that as a table; ``crop_strip`` shows crops in a row.
"""
