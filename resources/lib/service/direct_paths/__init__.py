"""Where the files of the libraries are for Kodi: what the user sets, and testing it."""
