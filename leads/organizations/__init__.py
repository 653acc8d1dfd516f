"""What the numbers of a school, program or employer say, beside those of all others of its kind. Pure."""
