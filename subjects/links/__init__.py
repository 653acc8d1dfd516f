"""What ties a person to others: numbers, addresses, organizations, associates; as a table first, as a picture of it second."""
