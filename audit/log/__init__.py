"""The sealed log: an RFC 6962 tree over the events' skeletons, signed checkpoints, proofs."""
