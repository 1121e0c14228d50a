"""The frame around the features: menus, docks, dialogs, the log, and what holds the parts of the window together.

``coordinator`` carries selection and position between features; ``evidence_commands`` and ``opening`` serve the menus;
``window_state`` remembers sizes and recent files; ``appearance`` sets colours.
"""
