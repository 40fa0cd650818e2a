"""Any title becomes the name of a file, on all systems, and no two playlists the same one."""
from __future__ import annotations

import random

import pytest

from resources.lib.playlists.names import SUFFIX, folded, free_name, stem


@pytest.mark.parametrize(('title', 'name'), [
    ('Evening', 'Evening'), ('  Evening  ', 'Evening'), ('Films: 80s/90s', 'Films 80s 90s'), ('What?', 'What'),
    ('..', 'Plex'), ('', 'Plex'), ('...hidden', 'hidden'), ('dots...', 'dots'), ('a\nb\tc', 'a b c'),
    ('CON', '_CON'), ('nul.txt', '_nul.txt'), ('console', 'console'), ('LPT1', '_LPT1'), ('/etc/passwd', 'etc passwd'),
    ('C:\\Windows', 'C Windows'), ('🎬 Abend', 'Abend'), ('🎬', 'Plex'), ('👨\u200d👩 Paar', 'Paar'),
    ('Ärger', 'Ärger'), ('A\u0308rger', 'Ärger'),
    ('\ud800lone', 'lone'), ('<>|*"', 'Plex'), ('日本の映画', '日本の映画'), ('a\x00b', 'a b')])
def test_a_title_becomes_a_name(title: str, name: str) -> None:
    assert stem(title) == name


@pytest.mark.parametrize('title', ['x' * 500, 'ä' * 500, '👨\u200d👩\u200d👧' * 100, 'word ' * 100, '.' * 300 + 'x'])
def test_a_long_title_is_cut_between_characters(title: str) -> None:
    name = stem(title)
    assert 0 < len(name.encode('utf-8')) <= 110
    assert name == name.strip(' .') and not name.endswith('\u200d')


def test_random_titles_make_names_that_every_system_takes() -> None:
    chance = random.Random(7)
    letters = 'aZ .:/\\|?*<>"\x00\x1f\x7fäß🎬\u200d\ufe0f日'
    for _ in range(3000):
        name = stem(''.join(chance.choice(letters) for _ in range(chance.randrange(200))))
        assert name and name == stem(name), 'a name is its own name'
        assert not set(name) & set('<>:"/\\|?*\x00') and name[-1] not in ' .' and name[0] not in ' .'
        assert len(name.encode('utf-8')) <= 111


def test_the_same_title_twice_and_a_name_that_is_taken_by_somebody_else() -> None:
    taken = {folded('EVENING.m3u')}
    names = []
    for _ in range(3):
        names.append(free_name('Evening', taken))
        taken.add(folded(names[-1]))
    assert names == ['Evening (Plex)' + SUFFIX, 'Evening (Plex 2)' + SUFFIX, 'Evening (Plex 3)' + SUFFIX]
    assert free_name('Other', taken) == 'Other' + SUFFIX
