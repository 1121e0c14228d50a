"""What every other package may know: records, errors, cancelling, geometry, resources.

Standard library, numpy and platformdirs only.
"""
