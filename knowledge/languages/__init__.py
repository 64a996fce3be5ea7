"""What is known of each language that text is read in."""
