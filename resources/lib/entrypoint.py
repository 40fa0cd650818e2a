"""The plugin: one short run for each ``plugin://plugin.video.plexkodiconnect/…`` call.

It holds no state and no secrets; the service does the work and answers over the loopback server. What is imported at
the top is on the user's clock.
"""
from __future__ import annotations

from . import item_url
from .kodi.addon import Addon
from .local_server.client import ServiceClient, ServiceError, ServiceUnavailable

TYPE_CHECKING = False  # typing itself is slow to import, and each call of the plugin pays for it
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Sequence

#: Seconds that a call may take; a PMS with sleeping disks is slow.
_LIST_TIMEOUT = 30.0
_PLAY_TIMEOUT = 30.0
_ACTION_TIMEOUT = 10.0
_ACTIONS = ('sign_in', 'sign_out', 'switch_user', 'choose_start_user', 'choose_server', 'choose_libraries', 'sync',
            'full_check', 'cancel_sync', 'sync_report', 'take_over')


class Call:
    """One call from Kodi: ``argv`` is [plugin URL, handle, '?query', 'resume:true|false']."""

    def __init__(self, argv: Sequence[str]) -> None:
        address, _, query = argv[0].partition('?')
        self.url = argv[0] + (argv[2] if len(argv) > 2 else '')
        self.path = address[len(item_url.BASE):].strip('/')
        self.handle = int(argv[1]) if len(argv) > 1 and argv[1].lstrip('-').isdigit() else -1
        self.query = _query((argv[2] if len(argv) > 2 else query).lstrip('?'))
        self.resume = 'resume:true' in argv[3:]
        self.addon = Addon()
        self.service = ServiceClient(self.addon.profile_dir)


def refresh(item: Any) -> None:
    """The context menu: have an item of Kodi's library written anew; the service tells how it went."""
    from .kodi import listitem
    call = Call([item_url.BASE + 'refresh'])
    media_type, kodi_id = listitem.library_row(item)
    try:
        call.service.call('refresh', {'type': media_type, 'id': kodi_id}, _ACTION_TIMEOUT)
    except (ServiceUnavailable, ServiceError) as error:
        _tell_error(call, error)


def run(argv: Sequence[str]) -> None:
    """Carry out one call."""
    call = Call(argv)
    route = _ROUTES.get(call.path) or (play if call.path.startswith('play/') else menu)
    try:
        route(call)
    except (ServiceUnavailable, ServiceError) as error:
        _tell_error(call, error)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        _tell_error(call, ServiceError('error', '%s: %s' % (type(error).__name__, error)))


# ---- routes ----------------------------------------------------------------------------------------------------

def menu(call: Call) -> None:
    """The add-on's start page."""
    from .kodi import listitem, texts
    rows: List[Dict[str, Any]] = [
        _folder(call, texts.CONTINUE_WATCHING, 'continue_watching', 'DefaultInProgressShows.png'),
        _folder(call, texts.CONTINUE_WATCHING_MOVIES, 'continue_watching?type=movie', 'DefaultMovies.png'),
        _folder(call, texts.CONTINUE_WATCHING_EPISODES, 'continue_watching?type=episode', 'DefaultTVShows.png'),
    ]
    try:
        status = call.service.call('status', {}, _ACTION_TIMEOUT)
    except (ServiceUnavailable, ServiceError):
        status = {}
    if status.get('state') == 'signed_in':
        rows += [_action(call, texts.CANCEL_SYNC, 'cancel_sync') if status.get('syncing')
                 else _action(call, texts.SYNC_NOW, 'sync'),
                 _action(call, texts.FULL_CHECK, 'full_check'),
                 _action(call, texts.SYNC_REPORT, 'sync_report'),
                 _action(call, texts.CHOOSE_LIBRARIES, 'choose_libraries'),
                 _action(call, texts.CHOOSE_SERVER, 'choose_server'),
                 _action(call, texts.SIGN_OUT, 'sign_out')]
    else:
        rows = [_action(call, texts.SIGN_IN, 'sign_in')] + rows
    listitem.add_directory(call.handle, rows, '', call.addon.name)


def continue_watching(call: Call) -> None:
    """``/continue_watching[?type=movie|episode&limit=n]``: what the user is watching, in Plex's order."""
    kind = call.query.get('type', '')
    asked = call.service.begin('continue_watching', {'type': kind, 'limit': call.query.get('limit', '')},
                               _LIST_TIMEOUT)
    from .kodi import listitem, texts  # while the service works
    answer = asked.answer()
    content = {'movie': 'movies', 'episode': 'episodes'}.get(kind, 'videos')
    listitem.add_directory(call.handle, answer.get('items', ()), content, call.addon.text(texts.CONTINUE_WATCHING))


def play(call: Call) -> None:
    """``/play/…``: what Kodi's databases and our lists point to."""
    ref = item_url.parse(call.url)
    if ref is None or ref.plex_type == 'show':
        from .kodi import listitem
        # Kodi's info dialog asks for a show's path as if it were a folder; there is nothing to list.
        listitem.add_directory(call.handle, (), '', call.addon.name)
        return
    wanted = {'machine_identifier': ref.machine_identifier, 'rating_key': ref.rating_key, 'type': ref.plex_type,
              'media_id': ref.media_id}
    asked = call.service.begin('play', wanted, _PLAY_TIMEOUT)
    from .kodi import listitem  # while the service works
    found = asked.answer()
    if found.get('versions'):
        media_id = _choose_version(call, found['versions'])
        if not media_id:
            listitem.fail_resolve(call.handle)
            return
        found = call.service.call('play', dict(wanted, media_id=media_id), _PLAY_TIMEOUT)
    listitem.resolve(call.handle, found['url'], found.get('title', ''), found.get('subtitles', ()),
                     found.get('mime', ''), found.get('resume', 0.0) if call.resume else 0.0,
                     found.get('total', 0.0))


def _choose_version(call: Call, versions: Sequence[Dict[str, str]]) -> str:
    """The id of the version that the user wants to see, '' for none."""
    from .kodi import dialogs, texts
    index = dialogs.select(call.addon.text(texts.CHOOSE_VERSION), [version['label'] for version in versions])
    return '' if index is None else versions[index]['id']


def action(call: Call) -> None:
    """The settings' buttons and the menu: the service does it, in windows of its own."""
    answer = call.service.call(call.path, {}, _ACTION_TIMEOUT)
    if answer.get('report'):
        from .kodi import dialogs, texts
        dialogs.text_view(call.addon.text(texts.SYNC_REPORT), answer['report'])
    elif answer.get('text'):
        from .kodi import dialogs, texts
        dialogs.notify(call.addon.name, call.addon.text(texts.by_name(answer['text'])), icon=call.addon.icon)
    if call.handle >= 0:
        from .kodi import listitem
        listitem.end_with_failure(call.handle)


_ROUTES: Dict[str, Callable[[Call], None]] = {'': menu, 'continue_watching': continue_watching}
_ROUTES.update((name, action) for name in _ACTIONS)


# ---- helpers ---------------------------------------------------------------------------------------------------

def _query(text: str) -> Dict[str, str]:
    """The options of a URL. What comes from our own lists is never quoted."""
    if '%' in text or '+' in text:
        from urllib.parse import parse_qsl
        return dict(parse_qsl(text))
    return {name: value for name, _, value in (pair.partition('=') for pair in text.split('&')) if value}


def _folder(call: Call, text_id: int, path: str, icon: str) -> Dict[str, Any]:
    return {'url': item_url.BASE + path, 'label': call.addon.text(text_id), 'folder': True, 'mediatype': '',
            'art': {'icon': icon}}


def _action(call: Call, text_id: int, path: str) -> Dict[str, Any]:
    # Neither folder nor playable: Kodi just runs it.
    return {'url': item_url.BASE + path, 'label': call.addon.text(text_id), 'mediatype': '',
            'art': {'icon': 'DefaultAddonService.png'}, 'properties': {'IsPlayable': 'false'}}


def _tell_error(call: Call, error: Exception) -> None:
    """Say why there is nothing, and end the call so that Kodi does not wait."""
    from .kodi import dialogs, listitem, texts
    text_id = texts.SERVICE_NOT_RUNNING
    if isinstance(error, ServiceError):
        text_id = texts.SERVER_UNREACHABLE if error.key == 'timeout' else texts.by_name(error.key)
    dialogs.notify(call.addon.name, call.addon.text(text_id), True, call.addon.icon)
    if call.handle < 0:
        return
    if call.path.startswith('play/'):
        listitem.fail_resolve(call.handle)
    else:
        listitem.end_with_failure(call.handle)
