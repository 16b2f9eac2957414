"""Puts mistakes into the engine, one at a time, and says which of them no test notices."""
