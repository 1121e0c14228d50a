"""Widgets and shapes that know nothing of exhibits and features.

Controls (``message_bar``, ``tool_button``, ``crop_pane``, …), how they look (``style``, ``symbols``), and what they
need of Qt (``images``, ``screen``).
"""
