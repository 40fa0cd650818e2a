"""The demo without Kodi: the same service and plugin with fakes of Kodi's Python modules."""
from __future__ import annotations

import json
import os
import sqlite3
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, Callable, Dict, List

from tests import fakes
from tools import kodischema
from tools.demo.story import Story
from tools.simprocess import SimProcess

ADDON = 'plugin.video.plexkodiconnect'


def run(story: Story) -> int:
    """Run the demo; returns 0 when everything worked."""
    with tempfile.TemporaryDirectory(prefix='pkc-demo-') as folder:
        kodi = fakes.install(folder)
        with SimProcess(*story.sim_arguments()) as sim:
            story.say('A simulated Plex with %d movies and %d shows of 40 episodes, %d ms latency' % (
                story.movies, story.shows, story.latency * 1000))
            os.environ['PLEXKODICONNECT_PLEX_TV'] = sim.state['plex_tv_url']
            for key in ('6', '8', '10'):
                sim.tell('mutate', op='set_progress', args={'rating_key': key, 'milliseconds': 600000})
            return 0 if _tell(story, kodi, sim) else 1


def _tell(story: Story, kodi: Any, sim: SimProcess) -> bool:
    from resources.lib import service_start
    kodischema.create(_made(kodi.real_path('special://database')))
    kodi.answer(True)  # "Sign in now?"
    service = threading.Thread(target=service_start.run, name='service')
    service.start()
    try:
        code = _wait(lambda: next((pin['code'] for pin in sim.ask('pins') if len(pin['code']) == 4), ''), 30)
        story.say('The code is %s; somebody enters it at plex.tv/link' % code)
        sim.tell('link', code=code)
        report_file = Path(kodi.real_path('special://profile/addon_data/%s/last_sync.json' % ADDON))
        report: Dict[str, Any] = _wait(lambda: _json(report_file), 120)
        if not story.report(report):
            return False
        with sqlite3.connect(os.path.join(kodi.real_path('special://database'), 'MyVideos121.db')) as database:
            story.say("Kodi's database has %d movies, %d shows, %d episodes" % tuple(
                database.execute('SELECT count(*) FROM ' + view).fetchone()[0]
                for view in ('movie_view', 'tvshow_view', 'episode_view')))
        items = _continue_watching(kodi)
        story.continue_watching(items)
        if not items:
            story.say('It is empty. Kodi said: %s' % (kodi.notifications[-1:] or 'nothing'))
            return False
        return _play(story, kodi, sim)
    finally:
        kodi.request_abort()
        service.join(10)


def _continue_watching(kodi: Any) -> List[Dict[str, Any]]:
    from resources.lib.entrypoint import run as plugin
    plugin(['plugin://%s/continue_watching' % ADDON, '7', ''])
    return [{'label': item.getLabel(), 'position': item.getVideoInfoTag().getResumeTime(),
             'total': item.getVideoInfoTag().getResumeTimeTotal()} for _, item, _ in kodi.listings[7].items]


def _play(story: Story, kodi: Any, sim: SimProcess) -> bool:
    import requests

    from resources.lib.entrypoint import run as plugin
    url, _, query = kodi.listings[7].items[0][0].partition('?')
    plugin([url, '8', '?' + query, 'resume:true'])
    stream = kodi.resolved[8].item.getPath()
    piece = requests.get(stream, headers={'Range': 'bytes=1000-1999'}, timeout=10)
    kodi.play(stream, total=5400.0, position=600.0)
    time.sleep(1)
    kodi.stop()
    _wait(lambda: [one for one in sim.ask('requests') if one['path'] == '/:/timeline'
                   and 'state=stopped' in one['query']], 20)
    story.say('A film was played from its place (HTTP %d, %d bytes read) and the server was told where it stopped' % (
        piece.status_code, len(piece.content)))
    return piece.status_code == 206 and len(piece.content) == 1000


def _wait(ask: Callable[[], Any], seconds: float) -> Any:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = ask()
        if found:
            return found
        time.sleep(0.1)
    raise SystemExit('the demo waited in vain')


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding='utf-8'))
    except (OSError, ValueError):
        return None


def _made(folder: str) -> str:
    os.makedirs(folder, exist_ok=True)
    return folder
