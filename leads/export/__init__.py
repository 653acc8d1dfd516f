"""Lists that leave the screen as files: marked, addressed to one person, with an id, safe to open in a spreadsheet."""
