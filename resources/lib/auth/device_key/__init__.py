"""The key pair of this device: made once, kept in an encrypted file, and used to sign what plex.tv asks for.

All cryptography is done by libraries, and the modules that call them import them on first use: ``signing`` for
Ed25519, ``aes`` for the cipher of the key file, ``pkcs8`` for its format.
"""
