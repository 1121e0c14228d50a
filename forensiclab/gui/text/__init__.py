"""Words of the window.

``translation`` and ``languages`` choose the language; ``wording`` and ``bands`` write verdicts, times and thresholds.
"""
