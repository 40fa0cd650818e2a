"""The table of routes. Any other path is the name of a list (``service/lists/registry.py``)."""
from __future__ import annotations

TYPE_CHECKING = False  # typing itself is slow to import, and each call of the plugin pays for it
if TYPE_CHECKING:
    from typing import Callable, Dict, Sequence, Tuple

    from .call import Call

TEXT, NUMBER = 'text', 'number'


class Route:
    """A path, the module of this package and the function in it that answers, and (name, type) of the URL's options."""

    __slots__ = ('function', 'module', 'options', 'path')

    def __init__(self, path: str, module: str, function: str, options: Sequence[Tuple[str, str]] = ()) -> None:
        self.path = path
        self.module = module
        self.function = function
        self.options = options

    def read(self, query: Dict[str, str]) -> Dict[str, str]:
        """The options of a URL that this route has, without those that should be numbers but are not."""
        return {name: query[name] for name, kind in self.options
                if query.get(name) and (kind == TEXT or query[name].isascii() and query[name].isdigit())}

    def handler(self) -> Callable[[Call], None]:
        """Import and return the function."""
        module = __import__(__package__ + '.' + self.module, fromlist=(self.function,))
        function: Callable[[Call], None] = getattr(module, self.function)
        return function


_MENU = Route('', 'menu', 'show')
#: Kodi's subtitle dialog asks the add-on's root.
_SUBTITLES = Route('', 'subtitles', 'answer')
_SUBTITLE_ACTIONS = ('search', 'manualsearch', 'download')
#: Answers all paths that begin with ``play/``.
_PLAY = Route('play/', 'playback', 'play')
#: All lists share these options.
LIST = Route('', 'lists', 'show', (
    ('type', TEXT), ('section', TEXT), ('id', TEXT), ('key', TEXT), ('query', TEXT), ('sort', TEXT), ('filter', TEXT),
    ('genre', TEXT), ('year', NUMBER), ('decade', NUMBER), ('unwatched', NUMBER), ('title', TEXT),
    ('start', NUMBER), ('limit', NUMBER), ('page', NUMBER), ('server', TEXT)))

ROUTES = (
    _MENU, _PLAY, Route('search', 'search', 'show', LIST.options),
    Route('not_in_libraries', 'lists', 'tell_not_in_libraries'),
    # account
    Route('account', 'menu', 'show_account'), Route('settings', 'menu', 'open_settings'),
    Route('set_up', 'actions', 'run'), Route('sign_in', 'actions', 'run'), Route('sign_out', 'actions', 'run'),
    Route('switch_user', 'actions', 'run'), Route('choose_start_user', 'actions', 'run'),
    Route('choose_server', 'actions', 'run'), Route('status', 'status', 'show'),
    Route('save_log', 'actions', 'run'),
    # playback
    Route('choose_direct_paths', 'actions', 'run'),
    # library
    Route('choose_libraries', 'actions', 'run'), Route('sync', 'actions', 'run'),
    Route('full_check', 'actions', 'run'), Route('cancel_sync', 'actions', 'run'),
    Route('sync_report', 'actions', 'run'), Route('take_over', 'actions', 'run'),
    Route('load_pictures', 'actions', 'run'),
)
_BY_PATH: Dict[str, Route] = {route.path: route for route in ROUTES}


def find(path: str, query: Dict[str, str]) -> Route:
    """The route of a path; of the root's options one tells what is wanted."""
    if not path and query.get('action') in _SUBTITLE_ACTIONS:
        return _SUBTITLES
    return _BY_PATH.get(path) or (_PLAY if path.startswith(_PLAY.path) else LIST)
