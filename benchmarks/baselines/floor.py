"""The floor: what it costs to parse a file at all, with orjson, in chunks that stay in the processor's cache."""

import gc
import sys
from pathlib import Path

import orjson

from benchmarks.baselines.chunks import arrays

gc.disable()
for chunk in arrays(Path(sys.argv[1])):
    orjson.loads(chunk)
