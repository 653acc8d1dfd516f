"""The demonstration: its people, its world, the history that they made."""
