"""The attribute network: a small classifier of a study's attributes, and the embedding that images are compared in."""

from core.attributes.model import AttributeConfig, AttributeNetwork
from core.attributes.study import StudyAttributes, load_attributes, train_study_attributes
from core.attributes.training import ATTRIBUTE_TRAINING, train_attributes

__all__ = [
    "ATTRIBUTE_TRAINING",
    "AttributeConfig",
    "AttributeNetwork",
    "StudyAttributes",
    "load_attributes",
    "train_attributes",
    "train_study_attributes",
]
