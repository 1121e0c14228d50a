"""The report of an exhibit: preview, details, saving.

``exports`` makes and writes it, ``report_dialog`` asks what the examiner states, ``report_pages`` shows the pages.
"""
