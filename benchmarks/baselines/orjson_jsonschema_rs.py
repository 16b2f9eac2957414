"""Parses the file as the floor does, and holds each chunk to the rule set's schema with jsonschema-rs.

This is validation of one record at a time, without duplicates and references, and without saying what is wrong.
"""

import gc
import sys
from pathlib import Path

import jsonschema_rs
import orjson

from benchmarks.baselines.chunks import arrays

gc.disable()
schema = orjson.loads(Path(sys.argv[2]).read_bytes())
definitions = schema.pop("$defs")
validator = jsonschema_rs.Draft202012Validator({"type": "array", "items": schema, "$defs": definitions})
refused = False
for chunk in arrays(Path(sys.argv[1])):
    refused = not validator.is_valid(orjson.loads(chunk)) or refused
sys.exit(refused)
