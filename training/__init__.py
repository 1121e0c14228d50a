"""Training, evaluation and export of detectors. Never ships; imports ``forensiclab``, never the other way round."""
