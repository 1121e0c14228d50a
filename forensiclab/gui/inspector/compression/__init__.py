"""The inspector's tab in which a crop is recompressed and rescored.

``view`` is the tab, ``level_axis`` the scale of levels, ``level_scores`` what is asked and known, ``level_curves``
and ``answer_table`` how it is shown.
"""
