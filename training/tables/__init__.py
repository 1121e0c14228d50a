"""The papers' tables beside what was measured here.

``papers`` are the transcribed tables, ``reader`` reads them, ``match`` finds the evaluation records for each cell,
``order`` asks whether a paper's ranking holds, ``render`` writes Markdown and CSV.
"""
