"""The dialog of settings.

``preferences`` is the dialog, with a page each in ``analysis_page``, ``window_page`` and ``thresholds_page``.
"""
