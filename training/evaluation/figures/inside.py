"""What a network makes of crops on the way to its score: embeddings and feature maps."""

from collections.abc import Callable, Iterator, Sequence
from itertools import batched
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from forensiclab.core.compression import CompressionLevel
from forensiclab.core.errors import SettingsError
from forensiclab.detectors.base import Network
from forensiclab.detectors.metric_learning import MetricLearning
from training.evaluation.detectors import Evaluated
from training.evaluation.folders import CropReader, CropSet, cut_for
