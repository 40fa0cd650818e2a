"""Whatever a server sends: an odd field costs that field, a hopeless item costs that item, nothing costs the sync."""
from __future__ import annotations

import json
import re
import sqlite3
from typing import Any, Dict, Iterator, List

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resources.lib import item_url, plex_model, plex_values
from resources.lib.plex_model import BadItem

LONG = 'x' * 50_000
ODD: List[Any] = [None, True, False, 0, 1, -1, 7.5, -1e308, 2 ** 31, 2 ** 63, 2 ** 200, -2 ** 70, float('nan'),
                  float('inf'), float('-inf'), '', ' ', 'x', '12', '12.7', '-3', '1e999', 'NaN', 'a\x00b',
                  'lone \ud800 half', '\udfff', 'Fußball 第1話 🎬👩‍👩‍👧', LONG, [], [[]], [1, 'x', None], {},
                  {'tag': 'x'}, [{'tag': {'tag': 'x'}}], [{'tag': 'ok'}, 'x', None, {'tag': None}], {'a': {'b': [1]}}]
NUMBERS = ('year', 'rating', 'audienceRating', 'userRating', 'duration', 'index', 'parentIndex', 'addedAt', 'updatedAt',
           'viewCount', 'viewOffset', 'lastViewedAt')
TEXTS = ('guid', 'librarySectionID', 'parentRatingKey', 'grandparentRatingKey', 'title', 'originalTitle', 'titleSort',
         'summary', 'tagline', 'originallyAvailableAt', 'studio', 'contentRating', 'editionTitle', 'ratingImage',
         'audienceRatingImage', 'parentTitle', 'grandparentTitle', 'thumb', 'art', 'banner', 'parentThumb',
         'grandparentThumb', 'grandparentArt', 'primaryExtraKey')
ELEMENTS = ('Image', 'Genre', 'Country', 'Collection', 'Label', 'Guid', 'Rating', 'Director', 'Writer', 'Role', 'Media')


def raw(**fields: Any) -> Dict[str, Any]:
    return dict({'ratingKey': '7', 'type': 'movie', 'title': 'A film'}, **fields)


def leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, tuple):
        for one in value:
            yield from leaves(one)
    else:
        yield value


def assert_storable(item: Any) -> None:
    """SQLite takes each value, and texts can be shown and sent as UTF-8."""
    connection = sqlite3.connect(':memory:')
    for leaf in leaves(item):
        assert type(leaf) in (str, int, float, bool)
        connection.execute('SELECT ?', (leaf,))
        if isinstance(leaf, str):
            leaf.encode('utf-8')
            assert '\x00' not in leaf
    connection.close()


@pytest.mark.parametrize('name', NUMBERS + TEXTS + ELEMENTS)
def test_any_value_of_any_field_leaves_an_item_that_kodi_can_hold(name: str) -> None:
    for value in ODD:
        item = plex_model.item(raw(**{name: value}))
        assert item.rating_key == '7'
        assert_storable(item)


def test_a_film_of_which_plex_knows_nothing_is_still_a_film() -> None:
    item = plex_model.item({'ratingKey': '7', 'type': 'movie'})
    assert item.title == '' and item.year == 0 and item.media == () and item.item_index == -1
    assert item.stamp == 0


@pytest.mark.parametrize('fields', [
    {}, {'ratingKey': '7'}, {'type': 'movie'}, {'ratingKey': None, 'type': 'movie'}, {'ratingKey': '', 'type': 'movie'},
    {'ratingKey': [], 'type': 'movie'}, {'ratingKey': True, 'type': 'movie'}, {'ratingKey': '7', 'type': []},
    {'ratingKey': '\x00', 'type': 'movie'}])
def test_without_id_or_type_an_item_is_bad(fields: Dict[str, Any]) -> None:
    with pytest.raises(BadItem):
        plex_model.item(fields)


def test_bad_items_are_counted_and_the_others_kept() -> None:
    good, bad = plex_model.items([raw(), {}, raw(ratingKey=8), {'type': 'movie'}])
    assert [item.rating_key for item in good] == ['7', '8'] and bad == 2


@pytest.mark.parametrize('key', ['../../identity', 'a/b', 'a?b', 'a#b', 'a b', '1,2', '7%2f8', '7\n8', 'http://x'])
def test_an_id_that_would_break_out_of_a_url_counts_as_missing(key: str) -> None:
    assert plex_model.rating_key({'ratingKey': key}) == ''


@pytest.mark.parametrize('key', ['..', '.'])
def test_an_id_of_dots_would_climb_out_of_the_path(key: str) -> None:
    assert plex_model.rating_key({'ratingKey': key}) == ''


@pytest.mark.parametrize('key', ['é1', '第1話', '²', '٣'])
def test_every_id_that_is_taken_can_be_played_again(key: str) -> None:
    """Our URLs take ASCII only: an item with another id would be in the library and never play."""
    taken = plex_model.rating_key({'ratingKey': key})
    assert taken == '' or item_url.parse(item_url.movie_url('mid', taken)) is not None


@pytest.mark.parametrize('name', ['parentRatingKey', 'grandparentRatingKey'])
@pytest.mark.parametrize('key', ['../../accounts', 'a b', '1?x=2', '..'])
def test_a_shows_id_is_as_safe_as_an_items_own(name: str, key: str) -> None:
    item = plex_model.item(raw(type='episode', **{name: key}))
    assert item.parent_key == item.grandparent_key == ''


@pytest.mark.parametrize('key', [7, '7', 7.0, '12345678901234567890', 'abc-1.2_3'])
def test_ids_as_numbers_and_as_texts(key: Any) -> None:
    assert plex_model.rating_key({'ratingKey': key}) == str(key)


@pytest.mark.parametrize(('value', 'expected'), [
    (5, 5), ('5', 5), (5.9, 5), ('5.9', 5), (' 5 ', 5), (True, 1), (None, 0), ('', 0), ('x', 0), ([], 0), ({}, 0),
    (float('nan'), 0), (float('inf'), 0), ('inf', 0), (2 ** 62, 0), (2 ** 500, 0), ('9' * 400, 0), (-5, -5)])
def test_whole_numbers(value: Any, expected: int) -> None:
    assert plex_values.integer({'n': value}, 'n') == expected


@pytest.mark.parametrize(('value', 'expected'), [
    (8.5, 8.5), ('8.5', 8.5), (8, 8.0), (None, 0.0), ('x', 0.0), (float('nan'), 0.0), (float('-inf'), 0.0), ([], 0.0),
    (10 ** 400, 0.0), (1e300, 0.0)])
def test_numbers(value: Any, expected: float) -> None:
    assert plex_values.number({'n': value}, 'n') == expected


@pytest.mark.parametrize(('value', 'expected'), [
    (True, True), (1, True), ('1', True), ('true', True), (False, False), (0, False), ('0', False), ('', False),
    ([], False), ({}, False), ('yes', False)])
def test_flags(value: Any, expected: bool) -> None:
    assert plex_values.flag({'f': value}, 'f', default=not expected) is expected
    assert plex_values.flag({}, 'f', default=expected) is expected


def test_texts_keep_what_people_wrote() -> None:
    assert plex_values.text({'t': '  第1話 – Fußball 👩‍👩‍👧\n'}, 't') == '第1話 – Fußball 👩‍👩‍👧'
    assert plex_values.text({'t': LONG}, 't') == LONG
    assert plex_values.text({'t': 'a\x00b\ud83dc'}, 't') == 'abc'
    assert plex_values.text({'t': 2001}, 't') == '2001'


def test_an_emoji_in_surrogates_as_json_writes_it_stays_an_emoji() -> None:
    assert plex_values.text(json.loads('{"t": "\\ud83c\\udfac"}'), 't') == '🎬'


def test_a_single_child_instead_of_a_list_counts() -> None:
    item = plex_model.item(raw(Genre={'tag': 'Drama'}, Role={'tag': 'Someone', 'role': 'Me'},
                               Media={'Part': {'Stream': {'streamType': '2', 'codec': 'aac', 'channels': '6'}}}))
    assert item.genres == ('Drama',) and item.roles[0] == ('Someone', 'Me', '')
    assert item.media[0].streams[0].channels == 6


def test_the_same_genre_or_actor_twice_is_shown_once() -> None:
    item = plex_model.item(raw(Genre=[{'tag': 'Drama'}, {'tag': 'Drama'}, {'tag': ''}],
                               Role=[{'tag': 'A', 'role': 'x', 'thumb': '1'}, {'tag': 'A', 'role': 'x', 'thumb': '2'},
                                     {'tag': 'A', 'role': 'y'}, {'role': 'nobody'}]))
    assert item.genres == ('Drama',)
    assert item.roles == (('A', 'x', '1'), ('A', 'y', ''))


def test_each_field_of_an_item_has_the_value_and_type_of_its_own() -> None:
    fields = {name: 'text of ' + name for name in TEXTS + ('ratingImage',)}
    fields.update(originallyAvailableAt='2001-02-03', parentRatingKey='5', grandparentRatingKey='6',
                  primaryExtraKey='/library/metadata/8')
    numbers = {name: number for number, name in enumerate(NUMBERS + ('childCount', 'leafCount', 'viewedLeafCount'), 9)}
    item = plex_model.item(raw(**dict(fields, **numbers)))
    own = {'section_key': 'librarySectionID', 'parent_key': 'parentRatingKey',
           'grandparent_key': 'grandparentRatingKey', 'item_index': 'index'}
    found = {own.get(name, re.sub('_([a-z])', lambda letter: letter.group(1).upper(), name)): value
             for name, value in item._asdict().items()}
    assert {name: found[name] for name in fields if name != 'primaryExtraKey'} == {
        name: value for name, value in fields.items() if name != 'primaryExtraKey'}
    assert {name: found[name] for name in numbers} == numbers
    assert item.trailer_key == '8'
    simple = {'str': str, 'int': int, 'float': float, 'bool': bool}
    for name, annotation in plex_model.PlexItem.__annotations__.items():
        kind = str(getattr(annotation, '__forward_arg__', annotation))
        assert type(getattr(item, name)) is simple.get(kind, tuple), name


@pytest.mark.parametrize('name', ['tag', 'role', 'thumb'])
@pytest.mark.parametrize('value', [*ODD, ' spaces ', 'Zoltán'])
def test_many_strings_at_once_are_those_that_they_are_one_by_one(name: str, value: Any) -> None:
    raws: List[Dict[str, Any]] = [{'tag': ' A', 'role': 'x'}, {'tag': 'B', 'thumb': 'y', name: value}, {}]
    names = ('tag', 'role', 'thumb')
    one_by_one = [tuple(plex_values.text(one, name) for name in names) for one in raws]
    assert plex_values.triples(raws, names) == one_by_one
    assert [tuple(plex_values.texts(one, names)) for one in raws] == one_by_one


@pytest.mark.parametrize(('value', 'expected'), [(0, 0), ('0', 0), (3, 3), (None, -1), (-1, -1), (2 ** 40, -1)])
def test_season_zero_is_the_specials_and_no_number_is_none(value: Any, expected: int) -> None:
    assert plex_model.item(raw(index=value)).item_index == expected


@pytest.mark.parametrize(('stream', 'hdr'), [
    ({'DOVIPresent': True, 'colorTrc': 'smpte2084'}, 'dolbyvision'), ({'colorTrc': 'smpte2084'}, 'hdr10'),
    ({'colorTrc': 'arib-std-b67'}, 'hlg'), ({'colorTrc': 'bt709'}, ''), ({'DOVIPresent': '0'}, ''), ({}, '')])
def test_the_dynamic_range(stream: Dict[str, Any], hdr: str) -> None:
    item = plex_model.item(raw(Media=[{'Part': [{'Stream': [dict(stream, streamType=1)]}]}]))
    assert item.media[0].streams[0].hdr == hdr


def test_a_sweep_row_needs_only_its_id() -> None:
    row = plex_model.sweep_row({'ratingKey': 7})
    assert row is not None and row.rating_key == '7' and row.stamp == 0
    assert plex_model.sweep_row({'title': 'x'}) is None
    dated = plex_model.sweep_row({'ratingKey': '7', 'addedAt': '5', 'userRating': '7.5', 'viewCount': None})
    assert dated is not None and dated.stamp == 5 and dated.user_rating == 7.5 and dated.view_count == 0


@pytest.mark.parametrize(('key', 'expected'), [('1', '1'), (1, '1'), ('/library/sections/4', '4'),
                                               ('/library/sections/4/', '4')])
def test_a_librarys_key_in_all_its_spellings(key: Any, expected: str) -> None:
    section = plex_model.section({'key': key, 'type': 'movie'})
    assert section is not None and section.key == expected


@pytest.mark.parametrize('key', ['', '/', None, [], '//'])
def test_a_library_without_a_key_is_none(key: Any) -> None:
    assert plex_model.section({'key': key, 'type': 'movie'}) is None


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20),
                    lambda inner: st.lists(inner, max_size=3)
                    | st.dictionaries(st.sampled_from(['tag', 'id', 'role', 'Part', 'Stream', 'streamType', 'codec',
                                                       'value', 'image', 'type', 'width']), inner, max_size=4),
                    max_leaves=8)


@settings(max_examples=10, deadline=None, derandomize=True, database=None)
@given(st.dictionaries(st.sampled_from(NUMBERS + TEXTS + ELEMENTS + ('ratingKey', 'type')), JSON, max_size=12))
def test_no_answer_can_crash_it(fields: Dict[str, Any]) -> None:
    good, bad = plex_model.items([fields])
    assert len(good) + bad == 1
    plex_model.sweep_row(fields)
    plex_model.section(fields)
    for item in good:
        assert_storable(item)
