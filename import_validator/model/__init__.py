"""What flows through everything: records, what they are wrapped in, violations, and their wording."""
