"""The account at plex.tv: signing in with a code, the account's JWT and its renewal, legacy tokens.

``attempts`` and ``sign_in`` handle the code on the screen, ``account`` the token and its renewal. ``legacy`` obtains a
legacy token without asking the user. ``conversion`` follows the setting "Modern authentication".
"""
