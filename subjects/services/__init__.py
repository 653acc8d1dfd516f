"""What changes people, facts and links: one transaction and one event each."""
