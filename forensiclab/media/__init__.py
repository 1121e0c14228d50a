"""The only package that imports av: files in, frames and facts out.

``reader`` (one forward pass), ``player`` (any time), ``probe`` (intake), ``transcode`` (compression). Beneath them a
``source`` is an open file: ``container`` and ``still`` open it, ``decoding`` makes sound pictures of its packets with
``packets`` (what is missing before one; ``h264``, ``mpeg2``), ``ledger`` (where each went), ``clock``, ``ending``,
``transparency`` and ``holes`` (what was not read), ``frame`` and ``bitstream``. ``isolated`` is a source in another
process (``child``): ``messages`` go there, pictures come back as ``planes``, with ``chroma`` in its place. The bounds
of it all are in ``limits``.
"""
