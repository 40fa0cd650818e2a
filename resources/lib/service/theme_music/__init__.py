"""The music of a show while its list is open, for users who want that."""
