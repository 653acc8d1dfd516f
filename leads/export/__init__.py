"""The lists of this stage as rows of words, for files."""
