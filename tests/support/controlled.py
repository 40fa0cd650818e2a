"""A fake Kodi whose player, playlist and keys JSON-RPC controls, and plexapi as the app that controls it."""
from __future__ import annotations

import functools
import threading
import xml.etree.ElementTree as ElementTree
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, Dict, List, Optional
from urllib.parse import parse_qsl

import plexapi
import pytest
import requests
from plexapi.client import PlexClient
from plexapi.server import PlexServer

from resources.lib import item_url
from resources.lib.kodi import playlist
from resources.lib.remote_control.gdm import Announcer
from resources.lib.service.remote_control import switched_on
from resources.lib.service.remote_control.part import RemoteControl
from resources.lib.service.remote_control.registration import Registration
from tests.fakes import FakeKodi
from tests.support.viewing import Viewing
from tools.plexsim import Library
from tools.plexsim.pms import companion

VIDEO_PLAYER = 1


class Phone:
    """An app that is told what plays: it listens at a port. It shows its token with each request, or has none."""

    def __init__(self, base: str, token: str = '') -> None:
        self.base = base
        self.headers = {'X-Plex-Client-Identifier': 'a-phone', 'X-Plex-Device-Name': 'Phone',
                        'X-Plex-Provides': 'controller'}
        if token:
            self.headers['X-Plex-Token'] = token
        self.told: List[Dict[str, str]] = []
        self._command_id = 0
        phone = self

        class Handler(BaseHTTPRequestHandler):
            """Takes timelines."""

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers['Content-Length']))
                assert self.path.startswith('/:/timeline') and 'X-Plex-Token' not in self.headers
                root = ElementTree.fromstring(body)
                video = next(line for line in root if line.get('type') == 'video')
                phone.told.append(dict(video.attrib, answers=root.attrib['commandID']))
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *arguments: Any) -> None:
                """Nothing."""

        self._server = HTTPServer(('127.0.0.1', 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def send(self, command: str, **parameters: Any) -> int:
        """The status of the answer to a command."""
        self._command_id += 1
        return requests.get('%s/player/%s' % (self.base, command), headers=self.headers, timeout=30, params=dict(
            parameters, commandID=self._command_id, type='video')).status_code

    def subscribe(self) -> int:
        """Want to be told."""
        return self.send('timeline/subscribe', port=self._server.server_port, protocol='http')

    def close(self) -> None:
        """Switch it off."""
        self._server.shutdown()
        self._server.server_close()


class Controlled(Viewing):
    """``kodi`` does what is asked of it as a real one does: it asks the plugin for the URL of an item of ours."""

    def __init__(self, kodi: FakeKodi, library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(kodi, library, monkeypatch)
        self.volume = 80
        self.keys: List[str] = []
        self.streams: Dict[str, Any] = {}
        kodi.rpc.update({
            'Player.GetActivePlayers': self._players, 'Player.GetProperties': self._properties,
            'Player.PlayPause': self._play_pause, 'Player.Stop': self._stop,
            'Player.GoTo': self._go_to, 'Player.SetShuffle': self._note, 'Player.SetRepeat': self._note,
            'Playlist.GetItems': lambda _: {'items': [{'file': url} for url in self.playlist]},
            'Application.GetProperties': lambda _: {'volume': self.volume, 'muted': False},
            'Application.SetVolume': self._set_volume,
            'Input.ExecuteAction': self._note, 'Input.SendText': self._note})
        for name in ('Up', 'Down', 'Left', 'Right', 'Select', 'Back', 'Home', 'ContextMenu', 'ShowOSD'):
            kodi.rpc['Input.' + name] = functools.partial(self._key, name)
        kodi.playlist.play = self._start
        monkeypatch.setattr(companion, 'PATIENCE', 60.0)  # of the server with us, who may be slow here
        self._monkeypatch = monkeypatch
        self._plexapi_headers = dict(plexapi.BASE_HEADERS)

    def close(self) -> None:
        """Also forget what plexapi's clients have written into the headers of all its requests."""
        plexapi.BASE_HEADERS.clear()
        plexapi.BASE_HEADERS.update(self._plexapi_headers)
        super().close()

    def switch_on(self) -> None:
        """The user switches remote control on. What is announced goes to the simulated server only."""
        host, port = self.sim.gdm.address
        self._monkeypatch.setattr(switched_on, 'Announcer', functools.partial(
            Announcer, listen=('127.0.0.1', 0), hello=(host, port)))
        self._monkeypatch.setattr(switched_on, 'Registration', functools.partial(
            Registration, address=lambda: '127.0.0.1'))
        self.kodi.set_setting('remote_control', 'true')
        self.kodi.wait_for(lambda: self.remote.port)

    @property
    def remote(self) -> RemoteControl:
        """The part of the service."""
        return self._part(RemoteControl)

    @property
    def base(self) -> str:
        """Where controllers reach the player."""
        return 'http://127.0.0.1:%d' % self.remote.port

    def server(self, token: str = '') -> PlexServer:
        """The server as plexapi sees it."""
        return PlexServer(self.sim.pms_url, token or self.sim.owner_token)

    def client(self, token: Optional[str] = '') -> PlexClient:
        """plexapi's controller, which shows a token with each request: the owner's, unless another one is given."""
        shown = self.sim.owner_token if token == '' else token
        return PlexClient(server=self.server(), baseurl=self.base, token=shown)

    @property
    def playlist(self) -> List[str]:
        """The URLs of Kodi's playlist."""
        return self.kodi.playlist.urls

    def reports(self, rating_key: str) -> List[Dict[str, str]]:
        """What the server was told of a playback."""
        queries = [dict(parse_qsl(entry.query)) for entry in self.sim.requests.find('/:/timeline')]
        return [query for query in queries if query['ratingKey'] == rating_key]

    def entry(self) -> str:
        """The ratingKey of the entry of the playlist that plays."""
        ref = item_url.parse(self.playlist[self.kodi.playlist.position])
        assert ref is not None
        return ref.rating_key

    # ---- Kodi ------------------------------------------------------------------------------------------------------

    def _players(self, _params: Any) -> List[Dict[str, Any]]:
        return [{'playerid': VIDEO_PLAYER, 'type': 'video'}] if self.kodi.playing else []

    def _properties(self, _params: Any) -> Dict[str, Any]:
        playing = self.kodi.playing
        if playing is None:
            raise LookupError
        return {**self.streams, 'speed': 0 if playing.paused else 1, 'time': _time(playing.position),
                'totaltime': _time(playing.total), 'shuffled': False, 'repeat': 'off'}

    def _play_pause(self, params: Dict[str, Any]) -> Dict[str, int]:
        playing = self.kodi.playing
        if playing is not None and playing.paused == params['play']:
            (self.kodi.resume if params['play'] else self.kodi.pause)()
            self.kodi.notify('xbmc', 'Player.OnResume' if params['play'] else 'Player.OnPause', {})
        return {'speed': int(params['play'])}

    def _stop(self, _params: Any) -> str:
        self.kodi.stop()
        return 'OK'

    def _go_to(self, params: Dict[str, Any]) -> str:
        position = self.kodi.playlist.position
        steps = {'next': position + 1, 'previous': position - 1}
        self._start(steps.get(params['to'], params['to']))
        return 'OK'

    def _start(self, position: int) -> None:
        url, item = self.kodi.playlist.entries[position]
        ref = item_url.parse(url)
        assert ref is not None
        if self.kodi.playing is not None:
            self.kodi.stop()
        self.kodi.playlist.position = position
        self.watch(ref.rating_key, float(item.getProperty(playlist.START) or 0), ref.plex_type)

    def _set_volume(self, params: Dict[str, Any]) -> int:
        self.volume = params['volume']
        self.kodi.notify('xbmc', 'Application.OnVolumeChanged', {'volume': self.volume, 'muted': False})
        return self.volume

    def _key(self, name: str, _params: Any) -> str:
        self.keys.append(name)
        return 'OK'

    def _note(self, params: Dict[str, Any]) -> str:
        self.keys.append(str(next(params[name] for name in ('action', 'text', 'repeat', 'shuffle') if name in params)))
        return 'OK'


def _time(seconds: float) -> Dict[str, int]:
    whole = int(seconds)
    return {'hours': whole // 3600, 'minutes': whole // 60 % 60, 'seconds': whole % 60,
            'milliseconds': int((seconds - whole) * 1000)}
