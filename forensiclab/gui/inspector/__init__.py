"""One crop seen closely: attention map, compression, frequencies, bleach.

``tabs`` holds a view a tab, ``shown_crop`` says what a view must offer; ``request_runner`` puts their
questions to ``forensiclab.inspection`` on threads.
"""
