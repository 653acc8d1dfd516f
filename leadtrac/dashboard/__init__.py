"""The page of figures: what each app counts, side by side, each chart with its equal table."""
