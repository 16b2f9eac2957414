"""Parses a JSON array with ijson, and holds each record to the rule set's schema with fastjsonschema."""

import gc
import sys
from pathlib import Path

import fastjsonschema
import ijson
import orjson

gc.disable()
check = fastjsonschema.compile(orjson.loads(Path(sys.argv[2]).read_bytes()))
refused = 0
with Path(sys.argv[1]).open("rb") as file:
    for record in ijson.items(file, "item", use_float=True):
        try:
            check(record)
        except fastjsonschema.JsonSchemaException:
            refused += 1
sys.exit(refused > 0)
