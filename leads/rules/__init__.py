"""The rules: pure functions from what is known about one subject to what must be said about them.

Start with `snapshot` (what goes in), `base` (what a rule is and what comes out) and `registry` (which rules are in force).
Nothing here reads a database, a clock or a setting.
"""
