"""Training, evaluation and export of detectors. Never ships; imports ``forensiclab``, never the other way round.

Imports go one way: ``cli -> plots | tables -> evaluation -> runs -> methods -> losses | modules -> forge -> batches |
preparation -> datasets | statistics``.
"""
