"""One file through both passes, in one process or several."""
