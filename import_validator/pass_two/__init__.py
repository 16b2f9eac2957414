"""Pass two: facts in; what is wrong with keys out, with the records that it is said of."""
