"""Users and their credentials: opaque tokens, device keys, JSON Web Tokens. Used by both servers."""
