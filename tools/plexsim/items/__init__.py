"""What is in a library: records of sections and items, and what generated items are made of."""
