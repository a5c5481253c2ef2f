"""What figures show, in one or two sentences with the study's own numbers: one module for each page."""
