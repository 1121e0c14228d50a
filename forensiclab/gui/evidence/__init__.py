"""The list of exhibits.

``list`` is the widget, ``model`` its rows, ``delegate`` how a row is painted, ``thumbnails`` a small picture of each.
"""
