"""The Kodi behind the fake modules: it records what the add-on does, and a test acts as its user."""
from __future__ import annotations

import json
import threading
import time
import weakref
import xml.etree.ElementTree as ElementTree
from collections import deque
from pathlib import Path
from typing import Any, Callable, Deque, Dict, List, NamedTuple, Optional, Tuple

from tests.fakes import addon_files
from tests.fakes.textures import Textures

#: Seconds that another thread gets on a busy machine for what takes a moment: the limit of waiting, not a promise.
PATIENCE = 20.0


class Listing:
    """A directory that a plugin call gave to Kodi. ``succeeded`` is None until ``endOfDirectory``."""

    def __init__(self) -> None:
        self.items: List[Tuple[str, Any, bool]] = []
        self.content = ''
        self.category = ''
        self.sort_methods: List[int] = []
        self.label_masks: List[str] = []
        self.succeeded: Optional[bool] = None
        self.cached = False

    @property
    def labels(self) -> List[str]:
        """The labels in order."""
        return [item.getLabel() for _, item, _ in self.items]


class Resolved(NamedTuple):
    """A call of ``setResolvedUrl``."""

    succeeded: bool
    item: Any


class Playing:
    """What the fake player plays; ``position`` changes only when the test changes it."""

    def __init__(self, file: str, total: float, position: float, source: str = '', kind: str = 'video') -> None:
        self.file, self.total, self.position, self.paused = file, total, position, False
        #: ``video`` or ``audio``.
        self.kind = kind
        #: What Kodi was asked to play, of which the file was a plugin's answer.
        self.source = source
        #: How often the position was read.
        self.looks = 0


class Playlist:
    """Kodi's playlist of videos. ``position`` is that of the entry that is played, -1 while none is."""

    def __init__(self) -> None:
        self.entries: List[Tuple[str, Any]] = []
        self.position = -1
        self.shuffled = False
        #: Kodi asked what to play and waits: a question about an entry would wait for Kodi, and both for each other.
        self.waits_for_answer = False
        #: Called with the position when the playlist is to be played.
        self.play: Callable[[int], None] = lambda position: None

    @property
    def urls(self) -> List[str]:
        """The URLs of the entries in order."""
        return [url for url, _ in self.entries]


class FakeKodi:
    """A Kodi's state, and the actions of its user."""

    def __init__(self, profile: Path, version: int, language: str) -> None:
        self.profile, self.version, self.language = profile, version, language
        self.addon_info = dict(addon_files.addon_info())
        self.definitions = dict(addon_files.setting_definitions())
        self._strings: Dict[str, Dict[int, str]] = {}
        self.log: List[Tuple[int, str]] = []
        self.listings: Dict[int, Listing] = {}
        self.resolved: Dict[int, Resolved] = {}
        self.dialogs: List[Tuple[str, Tuple[Any, ...]]] = []
        self.answers: Deque[Any] = deque()
        self.notifications: List[Tuple[str, str, str]] = []
        self.progress: List[Any] = []
        self.windows: List[Any] = []
        self.builtins: List[str] = []
        self.opened_settings = 0
        self.rpc: Dict[str, Any] = {'JSONRPC.Ping': 'pong', 'VideoLibrary.Scan': 'OK', 'Player.Open': self._open,
                                    'Player.Stop': self._stop_one}
        self.rpc_calls: List[Tuple[str, Dict[str, Any]]] = []
        self.window_properties: Dict[Tuple[int, str], str] = {}
        #: What ``xbmc.getRegion`` says; '' for the rest.
        self.region: Dict[str, str] = {}
        self.info_labels = {'System.BuildVersion': '%d.1 (%d.1.0) Git:20230312-2bc0f0d' % (version, version),
                            'System.FriendlyName': 'Kodi (sitting room)'}
        self.conditions = {'System.Platform.Linux'}
        self.idle_seconds = 0
        self.deprecated: List[str] = []
        self.playing: Optional[Playing] = None
        self.playlist = Playlist()
        #: Bytes that a file may have before the disk is full; None: any number.
        self.disk_space: Optional[int] = None
        self.textures = Textures()
        self.abort = threading.Event()
        self.monitors: weakref.WeakSet[Any] = weakref.WeakSet()
        self.players: weakref.WeakSet[Any] = weakref.WeakSet()
        for folder in ('Database', 'addon_data'):
            (profile / folder).mkdir(parents=True, exist_ok=True)

    # Files, settings, texts

    def real_path(self, path: str) -> str:
        """The real path of a ``special://`` path; other paths are unchanged."""
        roots = {'profile': self.profile, 'masterprofile': self.profile, 'userdata': self.profile,
                 'database': self.profile / 'Database', 'temp': self.profile.parent / 'temp',
                 'xbmc': self.profile.parent / 'xbmc', 'home': self.profile.parent,
                 'logpath': self.profile.parent / 'temp'}
        if not path.startswith('special://'):
            return path
        name, _, rest = path[len('special://'):].partition('/')
        return '%s/%s' % (roots[name], rest)

    def text(self, text_id: int) -> str:
        """A text of the add-on in Kodi's language."""
        for language in (self.language, 'en_gb'):
            if language not in self._strings:
                self._strings[language] = addon_files.strings(language)
            if text_id in self._strings[language]:
                return self._strings[language][text_id]
        return ''

    @property
    def settings_file(self) -> Path:
        """The path of the add-on's settings."""
        return self.profile / 'addon_data' / self.addon_info['id'] / 'settings.xml'

    def read_settings(self) -> Dict[str, str]:
        """All values: those stored, else the defaults."""
        values = {name: definition.default for name, definition in self.definitions.items()}
        if self.settings_file.exists():
            root = ElementTree.parse(str(self.settings_file)).getroot()
            values.update({node.get('id', ''): node.text or '' for node in root.iter('setting')})
        return values

    def write_settings(self, values: Dict[str, str]) -> None:
        """Store all values and tell the monitors, as Kodi does for each single change."""
        self._store_settings(values)
        for monitor in list(self.monitors):
            monitor.onSettingsChanged()

    def _store_settings(self, values: Dict[str, str]) -> None:
        root = ElementTree.Element('settings', version='2')
        for name, value in values.items():
            ElementTree.SubElement(root, 'setting', id=name).text = value
        self.settings_file.parent.mkdir(parents=True, exist_ok=True)
        # Replaced atomically: other threads must not read a half-written file, just as with a real Kodi.
        written = self.settings_file.with_name('settings.%d.new' % threading.get_ident())
        ElementTree.ElementTree(root).write(str(written), encoding='utf-8')
        written.replace(self.settings_file)

    def set_setting(self, name: str, value: str) -> None:
        """Change a setting as the user does, who does not meet the moment in which the service writes one: an add-on's
        object writes all values that it has read, in Kodi too.
        """
        from resources.lib.kodi.settings import _writing
        assert name in self.definitions, 'no such setting: %s' % name
        with _writing:
            self._store_settings(dict(self.read_settings(), **{name: value}))
        for monitor in list(self.monitors):
            monitor.onSettingsChanged()

    # Dialogs and windows

    def answer(self, *answers: Any) -> None:
        """Queue the user's answers to the next dialogs. A dialog without an answer is closed."""
        self.answers.extend(answers)

    def ask(self, kind: str, arguments: Tuple[Any, ...], closed: Any) -> Any:
        """Record a dialog that opens; returns the next answer, or ``closed``."""
        self.dialogs.append((kind, arguments))
        return self.answers.popleft() if self.answers else closed

    def window(self, timeout_s: float = PATIENCE) -> Any:
        """Wait for an open window that is ready; returns the topmost one."""
        self.wait_for(lambda: any(window.ready.is_set() for window in self.windows), timeout_s)
        return self.windows[-1]

    def press(self, action_id: int) -> None:
        """Press a key: the topmost window gets the action in its own thread."""
        self.window().events.put(('action', action_id))

    def click(self, control_id: int) -> None:
        """Press a button of the topmost window."""
        self.window().events.put(('click', control_id))

    @staticmethod
    def wait_for(condition: Callable[[], Any], timeout_s: float = PATIENCE) -> None:
        """Wait until ``condition()`` is true. Raises AssertionError after the timeout."""
        deadline = time.monotonic() + timeout_s
        while not condition():
            assert time.monotonic() < deadline, 'it did not happen within %s s' % timeout_s
            time.sleep(0.01)

    # Ending, announcements, JSON-RPC

    def request_abort(self) -> None:
        """End Kodi: ``waitForAbort`` returns, windows close."""
        self.abort.set()
        for window in list(self.windows):
            window.close()

    def notify(self, sender: str, method: str, data: Any) -> None:
        """Send an announcement to the monitors."""
        for monitor in list(self.monitors):
            monitor.onNotification(sender, method, json.dumps(data))

    def json_rpc(self, request: str) -> str:
        """The answer to a request, from ``rpc``: a value, or a function of the parameters."""
        call = json.loads(request)
        method, params = call['method'], call.get('params', {})
        self.rpc_calls.append((method, params))
        answer: Dict[str, Any] = {'id': call.get('id'), 'jsonrpc': '2.0'}
        if method not in self.rpc:
            answer['error'] = {'code': -32601, 'message': 'Method not found.'}
            return json.dumps(answer)
        found = self.rpc[method]
        try:
            answer['result'] = found(params) if callable(found) else found
        except LookupError:
            answer['error'] = {'code': -32602, 'message': 'Invalid params.'}
        if method == 'VideoLibrary.Scan':
            self.notify('xbmc', 'VideoLibrary.OnScanStarted', None)
            self.notify('xbmc', 'VideoLibrary.OnScanFinished', None)
        return json.dumps(answer)

    # Playing

    def play(self, file: str, total: float = 3600.0, position: float = 0.0, source: str = '',
             external: bool = False, kind: str = 'video') -> None:
        """Start playback; ``external``: in another program."""
        self.playing = Playing(file, total, position, source, kind)
        if external:
            self.rpc['Player.GetActivePlayers'] = [{'playerid': 1, 'type': 'video', 'playertype': 'external'}]
        elif kind == 'video':
            self.conditions.add('Window.IsVisible(fullscreenvideo)')
        self._players('onPlayBackStarted')
        self._players('onAVStarted')

    def _open(self, params: Dict[str, Any]) -> str:
        """Play the playlist from an entry on."""
        self.playlist.position = params['item']['position']
        self.playlist.play(self.playlist.position)
        return 'OK'

    def _stop_one(self, params: Dict[str, Any]) -> str:
        """Stop what plays, if it is of that kind: 0 is music, 1 a video."""
        if self.playing is None or params['playerid'] != ('audio', 'video').index(self.playing.kind):
            raise LookupError('no such player')
        self.stop()
        return 'OK'

    def pause(self) -> None:
        """Pause as the user does."""
        self._playing().paused = True
        self._players('onPlayBackPaused')

    def resume(self) -> None:
        """Resume as the user does."""
        self._playing().paused = False
        self._players('onPlayBackResumed')

    def seek(self, position: float) -> None:
        """Jump to ``position`` (seconds) as the user does."""
        playing = self._playing()
        offset, playing.position = position - playing.position, position
        self._players('onPlayBackSeek', int(position * 1000), int(offset * 1000))

    def stop(self) -> None:
        """Stop as the user does. As in Kodi, nothing plays any more when the callbacks run."""
        self._over()
        self._players('onPlayBackStopped')

    def end(self) -> None:
        """Play the file to its end."""
        self._over()
        self._players('onPlayBackEnded')

    def fail(self) -> None:
        """Report that playback failed."""
        self._over()
        self._players('onPlayBackError')

    def _over(self) -> None:
        self.playing = None
        self.conditions.discard('Window.IsVisible(fullscreenvideo)')

    def _playing(self) -> Playing:
        assert self.playing is not None, 'nothing plays'
        return self.playing

    def _players(self, callback: str, *arguments: int) -> None:
        for player in list(self.players):
            getattr(player, callback)(*arguments)


current: Optional[FakeKodi] = None


def kodi() -> FakeKodi:
    """The installed FakeKodi."""
    assert current is not None, 'no fake Kodi: call tests.fakes.install() or use the fixture fake_kodi'
    return current
