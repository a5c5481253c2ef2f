"""A study: one autoencoder, the latent vectors of its images, and what is known of them.

One module for each file of its folder.
"""

from core.study.description import Study, open_study, verify_study

__all__ = ["Study", "open_study", "verify_study"]
