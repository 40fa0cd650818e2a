"""What appears over a film."""
from __future__ import annotations

from tools.tour.guide import NEXT, PATIENCE, SKIP, Guide
from tools.tour.library import CREDITS


def skip(guide: Guide) -> None:
    """The button at the intro of an episode."""
    _watch(guide, 0)
    _seek(guide, 16)
    guide.window(SKIP)
    guide.shoot(settle=1)


def next_episode(guide: Guide) -> None:
    """The window at the credits of an episode."""
    _watch(guide, 1)
    _seek(guide, CREDITS + 2)
    guide.window(NEXT)
    guide.shoot(settle=1)


def _watch(guide: Guide, number: int) -> None:
    key = str(guide.stage.ask('items', type='episode')[number]['ratingKey'])
    rows = guide.lab.rpc('VideoLibrary.GetEpisodes', properties=['uniqueid'])['episodes']
    row = next(one for one in rows if one['uniqueid'].get('plex') == key)
    # Kodi 20.1 ends by itself now and then when a film's end shows a home screen full of rows (docs/kodi.md).
    guide.lab.rpc('GUI.ActivateWindow', window='settings')
    guide.lab.rpc('Player.Open', item={'episodeid': row['episodeid']})
    guide.lab.wait_for(lambda: guide.lab.active_player() and guide.lab.condition('Window.IsActive(fullscreenvideo)')
                       and _seconds(guide) >= 1, PATIENCE, 'the picture')


def _seconds(guide: Guide) -> int:
    player = guide.lab.active_player()
    if player is None:
        return 0
    at = guide.lab.rpc('Player.GetProperties', playerid=player.id, properties=['time'])['time']
    return int(at['minutes'] * 60 + at['seconds'])


def _seek(guide: Guide, seconds: int) -> None:
    player = guide.lab.active_player()
    if player is not None:
        guide.lab.rpc('Player.Seek', playerid=player.id, value={'time': {
            'hours': 0, 'minutes': seconds // 60, 'seconds': seconds % 60, 'milliseconds': 0}})
    guide.lab.wait_for(lambda: seconds - 3 <= _seconds(guide), PATIENCE, 'the jump')
