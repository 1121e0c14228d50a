"""The only package that imports av: files in, frames and facts out.

``reader`` (one forward pass), ``player`` (any time), ``probe`` (intake), ``transcode`` (compression); beneath them
``source`` (decoding over damage), ``container`` and ``still`` (opening), ``frame``, ``bitstream`` and ``clock``.
"""
