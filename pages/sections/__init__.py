"""Pieces of single pages, each named after its page."""
