"""What changes leads. Each service names its actor, runs in one transaction, writes one audit event."""
