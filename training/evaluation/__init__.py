"""Measuring detectors on folders of crops.

``detectors`` opens what is measured, ``folders`` what it is measured on, ``measure`` turns scores into metrics, ``run``
does all of it and ``records`` keeps it; ``calibrate`` and ``export`` turn a finished run into weights with a card.
"""
