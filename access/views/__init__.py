"""The pages of accounts and of the session."""
