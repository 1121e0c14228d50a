"""Scores, tracks and coding of an exhibit over time.

``data`` turns a session into curves (``series``); ``canvas`` paints ``rows``, ``lanes`` and ``strip``;
``pointer`` follows the mouse.
"""
