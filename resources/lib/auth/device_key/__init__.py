"""The key pair of this device: generated once, kept in an encrypted file, used to sign the JWTs that plex.tv wants.

All cryptography is done by libraries, which are imported on first use: by ``signing`` for
Ed25519, ``aes`` for the cipher of the key file, ``pkcs8`` for its format.
"""
