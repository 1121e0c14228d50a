"""One face of an exhibit examined on request: at other compression levels, bleached, as a spectrum. No Qt.

``requests`` what can be asked, and the answers; ``engine`` answers; ``patch_cache`` keeps faces that were cut;
``rescoring`` recompresses a face and scores it.
"""
