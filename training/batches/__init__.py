"""From crops to the tensors of a step: which crops, how they are changed, and how they are made ahead in threads.

``samplers`` choose, ``augment`` changes, ``forge_on_the_fly`` makes forgeries, ``batches`` puts it together; and
``scoring`` takes pictures through a network outside training.
"""
