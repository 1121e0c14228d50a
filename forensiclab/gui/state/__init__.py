"""What the window knows, without widgets: every feature shows a part of it.

``session`` is one exhibit, fed with events; ``evidence`` all of them; ``selection`` what is looked at;
``settings_store`` and ``installed_cards`` what is stored on disk.
"""
