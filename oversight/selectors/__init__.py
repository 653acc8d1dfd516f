"""What auditors and privacy officers read, as one user may see it."""
