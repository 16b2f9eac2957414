"""From TOML to a rule set, and from a rule set to a plan that is ready to run."""
