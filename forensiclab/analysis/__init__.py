"""The pipeline from an exhibit to a verdict. It knows detectors by protocol only.

``analyze`` and ``sweep`` are generators of ``events``; ``face_stream`` follows the faces for both, ``scoring`` asks the
detectors, ``aggregate`` judges tracks and videos, ``skips`` keeps account of what was left out.
"""
