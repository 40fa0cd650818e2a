"""The records of sections and items, and the elements of generated items."""
