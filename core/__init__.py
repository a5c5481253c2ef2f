"""zpoints: where a trained autoencoder puts faces in its latent space, and which random vectors hit that place."""

__version__ = "0.1.0"
