"""A study on paper and in code: all that the pages show of it in one file, and the lines that draw the same again."""
