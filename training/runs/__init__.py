"""A training run: from options to checkpoints and a record.

``training_run`` sets it up, ``starting`` loads weights, ``loop`` takes the steps, ``run_record`` writes down what was
done; ``arms`` trains several recipes alike.
"""
