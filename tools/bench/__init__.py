"""The project's benchmark: what a sync costs, measured in one run against the limits of the same machine."""
