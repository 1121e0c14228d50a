"""Work beside the main thread: what takes long is done here.

``thread`` does one piece of work after the other and calls back; ``analysis_runner`` and ``task_runner`` queue for one;
``frames`` is what threads ask of a decoder, ``timer`` puts a call off.
"""
