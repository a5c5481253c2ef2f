"""The autoencoder: configuration, encoder and decoder, training. The only package that touches Keras.

Importing it is cheap: Keras and TensorFlow are loaded when a model is built, not before.
"""

from core.autoencoder.config import AutoencoderConfig, TrainingConfig
from core.autoencoder.epochs import Epoch, Progress
from core.autoencoder.model import Autoencoder
from core.autoencoder.training import train

__all__ = ["Autoencoder", "AutoencoderConfig", "Epoch", "Progress", "TrainingConfig", "train"]
