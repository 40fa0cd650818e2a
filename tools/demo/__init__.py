"""A demonstration of the add-on in under a minute."""
