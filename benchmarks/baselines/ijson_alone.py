"""Parses a JSON array with ijson, record by record, and does nothing with the records."""

import gc
import sys
from pathlib import Path

import ijson

gc.disable()
with Path(sys.argv[1]).open("rb") as file:
    for _ in ijson.items(file, "item", use_float=True):
        pass
