"""The detectors beside one another: what each says, where they agree, and where they do not.

``columns`` and ``model`` are the table, ``agreement_*`` the agreement between detectors, ``choices`` and
``scope_box`` what is shown.
"""
