"""Bytes from anywhere, and temporary files."""
