"""What is read of leads, as one user may see it."""
