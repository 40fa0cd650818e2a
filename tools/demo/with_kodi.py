"""The demo in a real Kodi under a virtual screen."""
from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from typing import Any, Callable, Dict, Type

from tools.demo.story import Story
from tools.kodilab.screen import need
from tools.kodilab.session import LongLab
from tools.stage import ENVIRONMENT, Stage, build_repository, make_video

FILM_MS = 420023
_TOOLS = (('Xvfb', 'xvfb'), ('pulseaudio', 'pulseaudio'), ('import', 'imagemagick'), ('ffmpeg', 'ffmpeg'))


def missing(find_kodi: Callable[[], str], error: Type[Exception]) -> str:
    """Why a real Kodi cannot be used here, '' when it can."""
    try:
        find_kodi()
        for tool, package in _TOOLS:
            need(tool, package)
    except error as problem:
        return str(problem)
    return '' if os.geteuid() == 0 else 'this needs root, for a network of its own'


def run(story: Story, keep: bool) -> int:
    """Run the demo; returns 0 when everything worked."""
    folder = Path(tempfile.mkdtemp(prefix='pkc-demo-'))
    lab = LongLab(folder / 'kodi', env=ENVIRONMENT, debug=False)
    lab.open()
    try:
        worked = _tell(story, Stage(lab), folder)
        if keep:
            shot = lab.screenshot(folder / 'screen.png')
            lab.detach()
            story.say('Kodi stays open. A picture of its screen: %s' % shot)
            words = 'python -m tools.kodilab --home %s' % lab.home
            story.say('Look again: %s shot picture.png    Keys: %s input Down    End: %s stop' % (words, words, words))
        return 0 if worked else 1
    finally:
        if not keep:
            lab.close()


def _tell(story: Story, stage: Stage, folder: Path) -> bool:
    lab = stage.lab
    story.say('A simulated Plex with %d movies and %d shows of 40 episodes, %d ms latency' % (
        story.movies, story.shows, story.latency * 1000))
    stage.start_sim(*story.sim_arguments(), '--media-file', str(make_video(folder / 'film.mkv')))
    for position, key in enumerate(('6', '8', '10')):
        stage.tell('mutate', op='update', args={'rating_key': key, 'duration': FILM_MS})
        stage.tell('mutate', op='set_progress', args={'rating_key': key, 'milliseconds': 120000 + 60000 * position})
    stage.tell('mutate', op='scrobble', args={'rating_key': stage.ask('items', type='episode')[0]['ratingKey']})
    lab.start()
    story.say('Kodi %s runs' % lab.labels('System.BuildVersion')['System.BuildVersion'].split(' ')[0])
    stage.install(build_repository(folder / 'repository'))
    story.say('The add-on is installed from its repository, with its dependencies')
    lab.wait_for(lab.dialog_open, 30, 'the offer to sign in')
    lab.answer_yes()
    code = stage.waiting_code()
    story.say('Kodi shows the code %s; somebody enters it at plex.tv/link' % code)
    stage.link(code)
    stage.leave_guide()
    if not story.report(stage.wait_synced(120)):
        return False
    counts = {what: lab.rpc('VideoLibrary.Get' + what, limits={'end': 1})['limits']['total']
              for what in ('Movies', 'TVShows', 'Episodes')}
    story.say('Kodi\'s library has %(Movies)d movies, %(TVShows)d shows, %(Episodes)d episodes' % counts)
    items = stage.directory('/continue_watching', ['resume', 'showtitle'])
    story.continue_watching([_line(item) for item in items])
    return _play(story, stage, items[0]) and all(counts.values())


def _line(item: Dict[str, Any]) -> Dict[str, Any]:
    show = item.get('showtitle')
    return {'label': '%s: %s' % (show, item['label']) if show else item['label'],
            'position': item['resume']['position'], 'total': item['resume']['total']}


def _play(story: Story, stage: Stage, item: Dict[str, Any]) -> bool:
    lab = stage.lab
    lab.rpc('Player.Open', item={'file': item['file']}, options={'resume': True})
    lab.wait_for(lab.active_player, 30, 'the player')
    time.sleep(3)
    player = lab.rpc('Player.GetActivePlayers')[0]['playerid']
    now = lab.rpc('Player.GetProperties', playerid=player, properties=['time'])['time']
    story.say('"%s" plays, resumed at %d:%02d' % (item['label'], now['minutes'], now['seconds']))
    lab.rpc('Player.Stop', playerid=player)
    told = lab.wait_for(lambda: [r for r in stage.ask('requests') if r['path'] == '/:/timeline'
                                 and 'state=stopped' in r['query']], 15, "the server's knowledge of it")
    story.say('The server was told where it stopped (%d timeline reports)' % len(
        [r for r in stage.ask('requests') if r['path'] == '/:/timeline']))
    return bool(told)
