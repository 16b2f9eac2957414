"""Looks for inputs that the package cannot take: `make fuzz`. See README.md beside this."""
