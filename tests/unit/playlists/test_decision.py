"""Which side of a playlist counts."""
from __future__ import annotations

import pytest

from resources.lib.playlists.decision import KEEP, RELEASE, SEND, WRITE, Sides, decide


@pytest.mark.parametrize(('sides', 'may_send', 'kodi_is_newer', 'action'), [
    ('aaa', True, False, KEEP), ('aaa', False, True, KEEP),
    ('aba', True, True, WRITE), ('aba', False, False, WRITE),  # changed in Plex only, whatever the clocks say
    ('aab', True, False, SEND), ('aab', True, True, SEND),  # changed in Kodi only
    ('aab', False, True, RELEASE),  # nothing of the user's is overwritten
    ('abc', True, True, SEND), ('abc', True, False, WRITE),  # changed in both: the later one
    ('abc', False, True, RELEASE),
    ('abb', True, False, WRITE), ('abb', False, False, WRITE),  # the same change in both: nothing is lost
    ('aa-', True, True, RELEASE), ('ab-', True, False, RELEASE),  # the user's own videos are among them
])
def test_who_changed_it_and_who_counts(sides: str, may_send: bool, kodi_is_newer: bool, action: str) -> None:
    base, plex, kodi = (letter.strip('-') for letter in sides)
    assert decide(Sides(base, plex, kodi), may_send, kodi_is_newer) == action
