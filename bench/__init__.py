"""Programs that print the figures we claim. The last line of each is one JSON object."""
