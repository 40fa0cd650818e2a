"""What the simulated Plex of the tour holds: titles with posters, users, watch states, playlists."""
from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any, Dict, List

from tools.stage import Stage
from tools.tour import pictures

#: Milliseconds of the film that plays, and where the simulator has the credits of a film of that length, in seconds.
FILM_MS, CREDITS = 420000, 399
ARGUMENTS = ('--movies', '60', '--shows', '6', '--seasons', '2', '--episodes', '6', '--collections', '4',
             '--no-oddities')
_KINDS = ('movie', 'show', 'season', 'episode', 'collection')


def start(stage: Stage, folder: Path) -> None:
    """Start the simulator, and give its library what a used one has."""
    drawn = folder / 'pictures'
    drawn.mkdir()
    stage.start_sim(*ARGUMENTS, '--latency', '0.02', '--pictures', str(drawn),
                    '--media-file', str(_film(folder, drawn)))
    items = {kind: stage.ask('items', type=kind, full=1) for kind in _KINDS}
    _draw(drawn, items)
    _live_in(stage, items)


def _film(folder: Path, drawn: Path) -> Path:
    """A still picture of seven minutes: less work for Kodi and for the machine than one that moves."""
    ffmpeg = shutil.which('ffmpeg')
    if ffmpeg is None:
        raise RuntimeError('ffmpeg is needed to make a film to play')
    still = pictures.save(pictures.scene('The film', pictures.WIDE), drawn, 'film')
    film = folder / 'film.mkv'
    subprocess.run([ffmpeg, '-loglevel', 'error', '-y', '-loop', '1', '-framerate', '4', '-i', str(still), '-f',
                    'lavfi', '-i', 'anullsrc', '-t', str(FILM_MS // 1000), '-c:v', 'libx264', '-preset', 'ultrafast',
                    '-tune', 'stillimage', '-pix_fmt', 'yuv420p', '-g', '8', '-c:a', 'aac', str(film)], check=True)
    return film


def _draw(folder: Path, items: Dict[str, List[Dict[str, Any]]]) -> None:
    for item in items['movie'] + items['show']:
        key = str(item['ratingKey'])
        pictures.save(pictures.poster(item['title']), folder, key + '-thumb')
        pictures.save(pictures.scene(item['title'], pictures.WIDE), folder, key + '-art')
    for item in items['collection']:
        pictures.save(pictures.poster(item['title']), folder, '%s-thumb' % item['ratingKey'])
    for item in items['season']:
        pictures.save(pictures.poster('%s %s' % (item.get('parentTitle', ''), item['title'])), folder,
                      '%s-thumb' % item['ratingKey'])
    for item in items['episode']:
        pictures.save(pictures.scene(item.get('grandparentTitle', ''), (640, 360), item['title']), folder,
                      '%s-thumb' % item['ratingKey'])


def _live_in(stage: Stage, items: Dict[str, List[Dict[str, Any]]]) -> None:
    movies = [item['ratingKey'] for item in items['movie']]
    episodes = [item['ratingKey'] for item in items['episode']]
    stage.tell('add_user', title='Emma')
    stage.tell('add_user', title='Jonas', pin='1234')
    stage.tell('add_user', title='Mia', restricted=True)
    for key in (*episodes[:4], movies[6]):
        stage.tell('mutate', op='update', args={'rating_key': key, 'duration': FILM_MS})
    for place, key in enumerate((movies[6], movies[11], movies[23], episodes[8], movies[31])):
        stage.tell('mutate', op='set_progress', args={'rating_key': key, 'milliseconds': 150000 + 60000 * place})
    for key in (movies[2], movies[5], episodes[20], episodes[40]):
        stage.tell('mutate', op='scrobble', args={'rating_key': key})
    for title, members in (('Friday evening', movies[10:15]), ('With the children', movies[30:34])):
        stage.tell('mutate', op='add_playlist', args={'title': title, 'members': members})
    for title in ('The trailer', 'Behind the scenes'):
        stage.tell('mutate', op='add_extra', args={'rating_key': movies[0], 'title': title})
    for movie in items['movie'][40:46]:
        stage.tell('watch', key=movie['guid'].rpartition('/')[2])
    elsewhere = [stage.tell('add_title', title=title, kind='movie', year=year)['key']
                 for title, year in (('A Lighthouse in May', 2026), ('The Slow Train', 2025))]
    stage.tell('watch', key=elsewhere[0])
    stage.tell('set_hub', slug='trending', title='Trending', keys=elsewhere)
