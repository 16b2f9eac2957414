"""Pass one: batches of records in; what is wrong with each record, and facts about keys, out."""
