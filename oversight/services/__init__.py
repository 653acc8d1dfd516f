"""What the desks of oversight write."""
