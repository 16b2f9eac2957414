"""For tables: the file to fill in, a first rule set, how many entries a file may have."""
