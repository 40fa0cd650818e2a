"""Collections that come, go, change, or cannot be had."""
from __future__ import annotations

import pytest

from resources.lib.library_sync.options import CHECK, DELTA, SWEEP
from tests.integration.changes.library import film_row, items_of, movies_of, tags_of
from tests.support.sync_environment import SyncEnvironment


@pytest.mark.parametrize('mode', [SWEEP, DELTA])
def test_films_that_come_into_a_collection_and_leave_it_without_a_stamp(env: SyncEnvironment, mode: str) -> None:
    collection = items_of(env, 'collection')[0]
    outside = [m for m in movies_of(env) if m.rating_key not in collection.members][:2]
    inside = env.library.need(collection.members[0])
    stamps = {m.rating_key: m.fields.get('updatedAt') for m in outside + [inside]}
    for movie in outside:
        env.library.add_to_collection(collection.rating_key, movie.rating_key)
    env.library.remove_from_collection(collection.rating_key, inside.rating_key)
    for key, stamp in stamps.items():
        env.library.update(key, updatedAt=stamp)
    env.sync(mode=mode)
    for movie in outside:
        names = {film_row(env, movie.rating_key)['set']} | tags_of(env, movie.rating_key)
        assert collection.title in names
    assert collection.title not in {film_row(env, inside.rating_key)['set']} | tags_of(env, inside.rating_key)


def test_a_smart_collection_is_a_set_with_text_and_picture_and_follows_its_rule(env: SyncEnvironment) -> None:
    section = next(s for s in env.library.sections.values() if s.type == 'movie')
    free = [m for m in movies_of(env) if not env.library.collections_of.get(m.rating_key)]
    for movie in free[:3]:
        env.library.update(movie.rating_key, contentRating='XX-99')
    smart = env.library.add_collection(section.id, 'Only the odd ones', smart='type=1&contentRating=XX-99')
    env.library.update(smart.rating_key, summary='All the odd ones.')
    env.sync()
    assert [film_row(env, m.rating_key)['set'] for m in free[:4]] == ['Only the odd ones'] * 3 + [None]
    assert env.rows("SELECT strOverview FROM sets WHERE strSet = 'Only the odd ones'") == [('All the odd ones.',)]
    assert env.rows("SELECT 1 FROM art a JOIN sets s ON s.idSet = a.media_id WHERE a.media_type = 'set' "
                    "AND s.strSet = 'Only the odd ones'")
    before = env.fingerprint()
    assert not env.sync().wrote and env.fingerprint() == before
    env.library.update(free[0].rating_key, contentRating='G')
    env.library.update(free[3].rating_key, contentRating='XX-99')
    env.sync()
    assert [film_row(env, m.rating_key)['set'] for m in free[:4]] == [None] + ['Only the odd ones'] * 3


def test_a_renamed_and_a_deleted_collection_reach_their_films(env: SyncEnvironment) -> None:
    first, second = items_of(env, 'collection')[:2]
    members = {key: film_row(env, key)['set'] for key in first.members + second.members}
    assert set(members.values()) >= {first.title, second.title}
    old = first.title
    env.library.update(first.rating_key, title='Renamed')
    gone = list(second.members)
    env.library.delete(second.rating_key)
    env.sync()
    names = {row[0] for row in env.rows('SELECT strSet FROM movie_view')}
    tags = {row[0] for row in env.rows('SELECT name FROM tag')}
    assert 'Renamed' in names and old not in names | tags and second.title not in names | tags
    assert gone


@pytest.mark.parametrize('path', ['sort=id', 'updatedAt', 'metadata'])
@pytest.mark.parametrize('mode', [SWEEP, DELTA, CHECK])
def test_a_deleted_collection_lets_its_films_go_also_when_they_could_not_be_listed_then(
        env: SyncEnvironment, mode: str, path: str) -> None:
    collection = next(one for one in env.library.items('collection') if one.members)

    def in_set() -> int:
        (found,), = env.rows('SELECT count(*) FROM movie JOIN sets USING (idSet) WHERE strSet = ?',
                             collection.fields['title'])
        return int(found)
    env.sync()
    assert in_set()
    members = [(env.library.need(key), env.library.need(key).fields.get('updatedAt')) for key in collection.members]
    env.library.delete(collection.rating_key)
    for member, stamp in members:  # the deletion leaves no stamp on them
        env.library.update(member.rating_key, updatedAt=stamp)
    env.sim.faults.add(path, 'html')
    env.sync(mode=mode)
    env.sim.faults.clear()
    env.sync()
    assert in_set() == 0


def test_collections_that_cannot_be_had_take_no_film_out_of_them(env: SyncEnvironment) -> None:
    section = next(s for s in env.library.sections.values() if s.type == 'movie')
    movie = next(m for m in movies_of(env) if not env.library.collections_of.get(m.rating_key))
    env.library.update(movie.rating_key, contentRating='XX-98')
    env.library.add_collection(section.id, 'Smart', smart='type=1&contentRating=XX-98')
    env.sync()
    assert film_row(env, movie.rating_key)['set'] == 'Smart'
    env.sim.faults.add(r'type=18|/collections', 500)
    env.library.update(movie.rating_key, tagline='Changed')
    env.sync()
    assert film_row(env, movie.rating_key)['set'] == 'Smart'


def test_collections_that_lose_their_last_film_leave_no_empty_set(env: SyncEnvironment) -> None:
    section = next(s for s in env.library.sections.values() if s.type == 'movie')
    movie = next(m for m in movies_of(env) if not env.library.collections_of.get(m.rating_key))
    collection = env.library.add_collection(section.id, 'A set for one', [movie.rating_key])
    env.library.update(movie.rating_key, tagline='in')
    env.sync()
    assert env.rows("SELECT 1 FROM sets WHERE strSet = 'A set for one'")
    env.library.delete(collection.rating_key)
    env.sync()
    assert not env.rows("SELECT 1 FROM sets WHERE strSet = 'A set for one'")
