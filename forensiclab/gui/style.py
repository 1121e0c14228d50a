"""The few rules of style that the platform's palette does not give; all colours come from the palette."""

STYLE_SHEET = """
QLabel#heading { font-weight: bold; }
QLabel#title { font-size: 22pt; }
QLabel#quiet { color: palette(placeholder-text); }
QLabel#key { border: 1px solid palette(mid); border-radius: 3px; padding: 2px 8px; }
QFrame#card { border: 1px solid palette(mid); border-radius: 4px; background: palette(base); }
QFrame#card[selected="true"] { border: 2px solid palette(highlight); }
QSplitter::handle { background: palette(window); }
"""
