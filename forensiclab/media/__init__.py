"""The only package that imports av: probe, reader, bitstream, transcode."""
