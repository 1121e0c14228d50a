"""The window: the only package that imports PySide6 and pyqtgraph.

``app`` starts it, ``main_window`` puts it together, ``shell`` is the frame around the features: ``evidence``, ``pair``,
``player``, ``timeline``, ``inspector``, ``comparison``, ``verdicts``, ``reports``, ``models``, ``preferences``.
They stand on ``state`` (what is known), ``work`` (threads), ``widgets`` and ``text``, and know nothing of one another.
"""
