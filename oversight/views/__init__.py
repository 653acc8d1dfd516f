"""The pages of auditors and privacy officers."""
