"""The account at plex.tv: signing in with a code, the account's JWT and its renewal, legacy tokens.

``attempts`` and ``sign_in`` are the code on the screen, ``account`` is the token, ``legacy`` obtains a legacy token
without the user, ``conversion`` follows the setting "Modern authentication".
"""
