"""The command `import-validator`: a module for each of its commands."""
