"""Facts of one data set, CelebA (Liu et al. 2015, https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html)."""

from core.sources.dataset import PARTITIONS, DataSet

__all__ = ["CELEBA_ATTRIBUTES", "CELEBA_CROP", "CELEBA_SIZE", "PARTITIONS", "RECORD"]

RECORD = DataSet(
    subject="face",
    title="CelebA",
    image_size=(178, 218),
    crop=148,  # rows 35-182, columns 15-162 of an aligned image
    attribute_list="list_attr_celeba",
    partition_list="list_eval_partition",
    archive="img_align_celeba.zip",
    archive_bytes=1_443_490_838,
    card="""
- CelebA's faces are of celebrities, mostly young, light-skinned, made up and smiling at a camera. Its attributes are
  binary, subjective labels of how a face looks to an annotator, no facts about a person.
- CelebA ([Liu et al. 2015](https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html)) is for non-commercial research; its
  images may not be passed on.
""",
    reference="Z. Liu, P. Luo, X. Wang and X. Tang, Deep Learning Face Attributes in the Wild, ICCV 2015.",
    attributes=(
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
    ),
)
"""The aligned images and their lists."""

CELEBA_SIZE, CELEBA_CROP, CELEBA_ATTRIBUTES = RECORD.image_size, RECORD.crop, RECORD.attributes
