"""Installed weights: their cards, checks and imports.

``model_manager`` lists them, ``card_html`` is a card for reading, ``import_dialog`` takes in published weights.
"""
