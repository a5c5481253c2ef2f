"""What a user brings: images and what is known of them."""
