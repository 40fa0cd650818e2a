"""The status page, and the log that a user saves for a report."""
