"""What pass one writes down for pass two: keys as digests, in sets that go to disk when they grow."""
