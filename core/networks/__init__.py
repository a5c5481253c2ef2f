"""All neural networks: the autoencoder, the attribute network, and the one training loop.

Importing them is cheap: Keras and TensorFlow are loaded for a training or a Keras model of the user's, not before.
"""

from core.networks.attribute_training import ATTRIBUTE_TRAINING, train_attributes
from core.networks.attributes import AttributeConfig, AttributeNetwork
from core.networks.config import AutoencoderConfig, TrainingConfig
from core.networks.convolutional import ConvolutionalAutoencoder
from core.networks.epochs import Epoch
from core.networks.kinds import Autoencoder, Configuration, Variational, encodes_laws
from core.networks.registry import count_weights, load_autoencoder, network_files, read_configuration
from core.networks.trainees import TRAINABLE
from core.networks.training import train
from core.networks.variational import VariationalAutoencoder, VariationalConfig

__all__ = [
    "ATTRIBUTE_TRAINING",
    "TRAINABLE",
    "AttributeConfig",
    "AttributeNetwork",
    "Autoencoder",
    "AutoencoderConfig",
    "Configuration",
    "ConvolutionalAutoencoder",
    "Epoch",
    "TrainingConfig",
    "Variational",
    "VariationalAutoencoder",
    "VariationalConfig",
    "count_weights",
    "encodes_laws",
    "load_autoencoder",
    "network_files",
    "read_configuration",
    "train",
    "train_attributes",
]
