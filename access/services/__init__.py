"""What is written of accounts: what they are given, how they open and close, who leaves."""
