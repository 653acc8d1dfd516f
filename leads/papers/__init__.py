"""Files that people attach to a lead: what kinds there are, the scanner, the folder of sealed files."""
