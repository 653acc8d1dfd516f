"""Taking records out: sealed packages from live rows, destruction from packages, batch by batch."""
