"""The benchmark of the sync, which is compared with the same machine's limits."""
