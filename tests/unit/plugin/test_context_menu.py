"""The context menu of an item: what it offers, asks and does."""
from __future__ import annotations

from typing import Any, List, Optional

import pytest

from resources.lib import entrypoint, item_url
from resources.lib.kodi.texts import actions as action_texts
from tests.unit.plugin.world import BASE, MID, World

FILM = {'type': 'movie', 'id': 12, 'url': item_url.movie_url(MID, '7'), 'plexid': '7', 'plexguid': ''}


def on_screen() -> Any:
    """A film of Kodi's library in one of our lists."""
    from kodi_six import xbmcgui
    item = xbmcgui.ListItem('A film', path=item_url.movie_url(MID, '7'))
    item.setProperty('plexid', '7')
    tag = item.getVideoInfoTag()
    tag.setMediaType('movie')
    tag.setDbId(12)
    return item


def choose(world: World, name: str, *answers: Any) -> None:
    """Open the context menu where this is the second of two entries, and choose it."""
    world.answers['item_menu'] = {'title': 'A film', 'actions': ['show_similar', name]}
    world.kodi.answer(1, *answers)
    entrypoint.context_menu(on_screen())


def test_the_context_menu_has_one_item_written_anew(world: World) -> None:
    world.answers['item_action'] = {'refresh': True}
    choose(world, 'refresh')
    assert world.calls[0] == ('item_menu', FILM) and world.calls[-1] == ('refresh', {'type': 'movie', 'id': 12})
    kind, arguments = world.kodi.dialogs[0]
    assert kind == 'select' and arguments[0] == 'A film' and arguments[1] == [
        world.text(action_texts.SHOW_SIMILAR), world.text(action_texts.REFRESH)]


def test_what_was_chosen_is_done_and_the_list_on_the_screen_asked_for_again(world: World) -> None:
    world.answers['item_action'] = {'changed': True, 'text': 'on_watchlist'}
    choose(world, 'watchlist_add')
    assert world.calls[-1] == ('item_action', dict(FILM, action='watchlist_add'))
    assert world.kodi.builtins == ['Container.Refresh']
    assert world.said() == [world.text(action_texts.ON_WATCHLIST)]


def asking(world: World, **question: Any) -> None:
    """The service asks the user first."""
    answers = iter([question, {'changed': True}])
    world.answers['item_action'] = lambda: next(answers)


@pytest.mark.parametrize(('index', 'value'), [(0, 'ten'), (1, 'none')])
def test_what_the_service_asks_is_chosen_by_the_user(world: World, index: int, value: str) -> None:
    asking(world, choose={'heading': 'How many', 'values': ['ten', 'none'], 'labels': ['All', 'Nothing']})
    choose(world, 'rate', index)
    assert list(world.kodi.dialogs[-1][1][:2]) == ['How many', ['All', 'Nothing']]
    assert world.calls[-1] == ('item_action', dict(FILM, action='rate', choice=value))
    assert world.kodi.builtins == ['Container.Refresh']


def test_a_choice_that_is_cancelled_changes_nothing(world: World) -> None:
    asking(world, choose={'heading': 'How many', 'values': ['ten'], 'labels': ['All']})
    choose(world, 'rate')
    assert len(world.calls) == 2 and not world.kodi.builtins


@pytest.mark.parametrize('answer', [False, True])
def test_nothing_is_deleted_before_the_question_that_names_it_was_answered(world: World, answer: bool) -> None:
    asking(world, confirm={'heading': 'Delete', 'question': 'Delete A film?', 'yes': 'Do it'})
    choose(world, 'delete', answer)
    kind, arguments = world.kodi.dialogs[1]
    assert kind == 'yesno' and 'A film' in arguments[1]
    assert [name for name, _ in world.calls] == ['item_menu', 'item_action'] + ['item_action'] * answer
    assert not answer or world.calls[-1][1]['confirmed'] is True


@pytest.mark.parametrize(('typed', 'sent'), [('  Evening ', ['Evening']), ('   ', []), (None, [])])
def test_a_name_is_typed_by_the_user(world: World, typed: Optional[str], sent: List[str]) -> None:
    asking(world, type={'heading': 'Name of the playlist', 'default': 'A film'})
    choose(world, 'playlist_add', *[] if typed is None else [typed])
    assert list(world.kodi.dialogs[-1][1][:2]) == ['Name of the playlist', 'A film']
    assert [arguments['typed'] for _, arguments in world.calls if 'typed' in arguments] == sent


def test_a_service_that_never_stops_asking_is_not_asked_for_ever(world: World) -> None:
    world.answers['item_action'] = {'confirm': {'heading': 'a', 'question': 'b', 'yes': 'c'}}
    choose(world, 'delete', *[True] * 20)
    assert len(world.calls) < 10 and not world.kodi.builtins


def test_an_action_can_have_something_played(world: World) -> None:
    world.answers['item_action'] = {'play': BASE + 'play/x'}
    choose(world, 'play_again')
    assert world.kodi.builtins == ['PlayMedia(%splay/x)' % BASE]


def test_extras_open_as_a_list(world: World) -> None:
    world.answers['item_action'] = {'open': BASE + 'extras?id=7'}
    choose(world, 'show_extras')
    assert world.kodi.builtins == ['ActivateWindow(Videos,%sextras?id=7,return)' % BASE]
    world.kodi.conditions.add('Window.IsActive(videos)')
    choose(world, 'show_extras')
    assert world.kodi.builtins[-1] == 'Container.Update(%sextras?id=7)' % BASE


def test_a_context_menu_that_is_closed_does_nothing(world: World) -> None:
    world.answers['item_menu'] = {'title': 'A film', 'actions': ['show_similar']}
    entrypoint.context_menu(on_screen())
    assert [name for name, _ in world.calls] == ['item_menu']


def test_a_context_menu_without_anything_to_do_says_so(world: World) -> None:
    world.answers['item_menu'] = {'title': '', 'actions': []}
    entrypoint.context_menu(on_screen())
    assert world.said() == [world.text(action_texts.NOTHING_TO_DO)]
