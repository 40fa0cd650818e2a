"""Who exists and who they prove to be: users, opaque tokens, device keys, JSON Web Tokens. Both servers know them."""
