"""Facts of one data set: CelebA's sizes, its partitions, its attributes and its terms."""

from collections.abc import Collection

__all__ = ["CELEBA_ATTRIBUTES", "CELEBA_CARD", "CELEBA_CROP", "CELEBA_SIZE", "PARTITIONS", "is_celeba"]

CELEBA_SIZE = (178, 218)
"""Width and height in pixels of the aligned CelebA images."""

CELEBA_CROP = 148
"""Side in pixels of the central square that zpoints cuts from a CelebA image: rows 35-182, columns 15-162."""

CELEBA_CARD = """
- CelebA's faces are of celebrities, mostly young, light-skinned, made up and smiling at a camera. Its attributes are
  binary, subjective labels of how a face looks to an annotator, no facts about a person.
- CelebA ([Liu et al. 2015](https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html)) is for non-commercial research; its
  images may not be passed on.
"""
"""Biases and terms of the data set, for the card of a study of it."""

PARTITIONS = ("train", "validation", "test")
"""Names of CelebA's partitions 0, 1 and 2."""

CELEBA_ATTRIBUTES = (
    "5_o_Clock_Shadow",
    "Arched_Eyebrows",
    "Attractive",
    "Bags_Under_Eyes",
    "Bald",
    "Bangs",
    "Big_Lips",
    "Big_Nose",
    "Black_Hair",
    "Blond_Hair",
    "Blurry",
    "Brown_Hair",
    "Bushy_Eyebrows",
    "Chubby",
    "Double_Chin",
    "Eyeglasses",
    "Goatee",
    "Gray_Hair",
    "Heavy_Makeup",
    "High_Cheekbones",
    "Male",
    "Mouth_Slightly_Open",
    "Mustache",
    "Narrow_Eyes",
    "No_Beard",
    "Oval_Face",
    "Pale_Skin",
    "Pointy_Nose",
    "Receding_Hairline",
    "Rosy_Cheeks",
    "Sideburns",
    "Smiling",
    "Straight_Hair",
    "Wavy_Hair",
    "Wearing_Earrings",
    "Wearing_Hat",
    "Wearing_Lipstick",
    "Wearing_Necklace",
    "Wearing_Necktie",
    "Young",
)


def is_celeba(title: str, attributes: Collection[str]) -> bool:
    """Return whether a study is one of CelebA: by the title of its data, or by CelebA's forty attributes."""
    return title.strip().lower() == "celeba" or set(CELEBA_ATTRIBUTES) <= set(attributes)
