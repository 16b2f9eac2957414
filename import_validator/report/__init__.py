"""What was found in a file, and the outputs that say it."""
