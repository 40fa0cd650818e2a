"""Monitor, player, dialogs, JSON-RPC, add-on facts."""
from __future__ import annotations

import stat
from typing import Any, Dict, List, Tuple

import pytest

from resources.lib.kodi import addon, dialogs, jsonrpc, monitor, player
from resources.lib.kodi.texts import account as texts
from tests.fakes import FakeKodi, install
from tests.fakes.state import Playing


class Recorder:
    def __init__(self) -> None:
        self.events: List[Tuple[Any, ...]] = []

    def _note(self, *event: Any) -> None:
        self.events.append(event)

    def on_started(self, file: str, position_s: float, total_s: float, source: str = '',
                   external: bool = False) -> None:
        self._note('started', file, position_s, total_s, *([(source, external)] if source or external else []))

    def on_paused(self) -> None:
        self._note('paused')

    def on_resumed(self) -> None:
        self._note('resumed')

    def on_seek(self, position_s: float) -> None:
        self._note('seek', position_s)

    def on_stopped(self) -> None:
        self._note('stopped')

    def on_ended(self) -> None:
        self._note('ended')

    def on_error(self) -> None:
        self._note('error')


STORY = [('started', 'http://x', 5.0, 100.0), ('paused',), ('resumed',), ('seek', 42.5), ('stopped',), ('ended',),
         ('error',)]


def tell_the_story(kodi: FakeKodi) -> None:
    kodi.play('http://x', total=100.0, position=5.0)
    kodi.pause()
    kodi.resume()
    kodi.seek(42.5)
    kodi.stop()
    kodi.end()
    kodi.fail()


def test_the_position_of_the_next_video_is_not_taken_for_that_of_the_last(fake_kodi: FakeKodi) -> None:
    events = player.PlayerEvents(Recorder())
    fake_kodi.play('http://x', total=100.0, position=95.0)
    assert events.position() == 95.0
    fake_kodi.playing = Playing('http://x', 100.0, 0.0)  # closed, but not announced yet
    assert events.position() is None
    fake_kodi.playing = Playing('http://y', 100.0, 0.5)  # opened, but not announced yet
    assert events.position() is None


def test_the_same_video_started_again_is_another_playback_although_kodi_kept_the_stop_to_itself(
        fake_kodi: FakeKodi) -> None:
    recorder = Recorder()
    events = player.PlayerEvents(recorder)
    fake_kodi.play('http://x', total=100.0, position=5.0)
    fake_kodi.play('http://x', total=100.0, position=50.0)
    assert recorder.events == [('started', 'http://x', 5.0, 100.0), ('stopped',), ('started', 'http://x', 50.0, 100.0)]
    events.onAVStarted()
    assert recorder.events[-1][0] == 'started' and len(recorder.events) == 4
    fake_kodi.stop()
    fake_kodi.play('http://x', total=100.0, position=60.0)
    assert [name for name, *_ in recorder.events[4:]] == ['stopped', 'started']


def test_it_is_told_what_kodi_was_asked_to_play_and_whether_another_program_plays_it(fake_kodi: FakeKodi) -> None:
    recorder, ours = Recorder(), 'plugin://plugin.video.plexkodiconnect/play/movies/mid/?id=7'
    events = player.PlayerEvents(recorder)
    fake_kodi.play('smb://nas/a.mkv', 100.0, 5.0, ours)
    assert events.plays_on()
    fake_kodi.stop()
    assert not events.plays_on()
    fake_kodi.play('smb://nas/b.mkv', 100.0, 0.0, 'plugin://plugin.video.youtube/play', external=True)
    assert recorder.events == [('started', 'smb://nas/a.mkv', 5.0, 100.0, (ours, False)), ('stopped',),
                               ('started', 'smb://nas/b.mkv', 0.0, 100.0, ('', True))]


def test_the_player_tells_its_listener_everything(fake_kodi: FakeKodi) -> None:
    recorder = Recorder()
    events = player.PlayerEvents(recorder)
    tell_the_story(fake_kodi)
    assert recorder.events == STORY
    assert events is not None


def test_a_theme_is_nothing_that_plays_whatever_takes_its_place(fake_kodi: FakeKodi) -> None:
    theme, recorder = 'http://127.0.0.1:57310/theme/mid/5/1/theme.mp3', Recorder()
    events = player.PlayerEvents(recorder)
    fake_kodi.play(theme, kind='audio')
    fake_kodi.stop()
    fake_kodi.play(theme, kind='audio')
    fake_kodi.end()
    fake_kodi.play(theme, kind='audio')
    assert recorder.events == []
    fake_kodi.play('http://x', total=100.0, position=5.0)
    fake_kodi.stop()
    fake_kodi.stop()
    assert recorder.events == [('started', 'http://x', 5.0, 100.0), ('stopped',), ('stopped',)]
    assert events.file() == ''


def test_position_and_length_are_none_when_nothing_plays(fake_kodi: FakeKodi) -> None:
    events = player.PlayerEvents(Recorder())
    assert (events.position(), events.total(), events.file()) == (None, None, '')
    fake_kodi.play('f', total=10.0, position=1.5)
    assert (events.position(), events.total(), events.file()) == (1.5, 10.0, 'f')


def test_the_monitor_forwards_settings_and_notifications(fake_kodi: FakeKodi) -> None:
    seen: List[Any] = []

    def on_notification(sender: str, method: str, data: Dict[str, Any]) -> None:
        seen.append((sender, method, data))
    watch = monitor.ServiceMonitor(lambda: seen.append('settings'), on_notification)
    fake_kodi.set_setting('gentle_mode', 'true')
    fake_kodi.notify('xbmc', 'VideoLibrary.OnUpdate', {'item': {'id': 1}})
    fake_kodi.notify('xbmc', 'VideoLibrary.OnScanFinished', None)
    fake_kodi.notify('other', 'Other.x', [1])
    watch.onNotification('other', 'Other.y', 'no JSON')
    assert seen == ['settings', ('xbmc', 'VideoLibrary.OnUpdate', {'item': {'id': 1}}),
                    ('xbmc', 'VideoLibrary.OnScanFinished', {}), ('other', 'Other.x', {'value': [1]}),
                    ('other', 'Other.y', {})]


def test_waiting_ends_with_kodi(fake_kodi: FakeKodi) -> None:
    watch = monitor.ServiceMonitor(lambda: None, lambda sender, method, data: None)
    assert not watch.wait(0)
    assert not watch.wait(0.01)
    fake_kodi.request_abort()
    assert watch.wait(30)
    assert watch.wait(0)


def test_dialogs_give_the_users_answer(fake_kodi: FakeKodi) -> None:
    fake_kodi.answer(True, 1, [0, 2], 'words', '1234')
    assert dialogs.yesno('H', 'T')
    assert dialogs.select('H', ['a', 'b']) == 1
    assert dialogs.multiselect('H', ['a', 'b', 'c'], [1]) == [0, 2]
    assert dialogs.text_input('H') == 'words'
    assert dialogs.number_input('H', hidden=True) == '1234'
    assert [kind for kind, _ in fake_kodi.dialogs] == ['yesno', 'select', 'multiselect', 'input', 'input']


def test_ok_on_the_remote_means_yes_where_kodi_can(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> None:
    import xbmcgui
    asked: List[Dict[str, Any]] = []
    monkeypatch.setattr(xbmcgui.Dialog, 'yesno', lambda self, *args, **named: asked.append(named))
    dialogs.yesno('H', 'T', prefer_yes=True)
    dialogs.yesno('H', 'T')
    monkeypatch.delattr(xbmcgui, 'DLG_YESNO_YES_BTN')  # Kodi 19
    dialogs.yesno('H', 'T', prefer_yes=True)
    assert [one.get('defaultbutton') for one in asked] == [11, None, None]


def test_a_closed_dialog_is_no_answer(fake_kodi: FakeKodi) -> None:
    assert not dialogs.yesno('H', 'T')
    assert dialogs.select('H', ['a']) is None
    assert dialogs.multiselect('H', ['a']) is None
    assert dialogs.text_input('H') == ''


def test_choosing_nothing_is_an_answer(fake_kodi: FakeKodi) -> None:
    fake_kodi.answer([])
    assert dialogs.multiselect('H', ['a'], [0]) == []


def test_notifications_have_an_icon(fake_kodi: FakeKodi) -> None:
    dialogs.notify('H', 'T', icon='/icon.png')
    dialogs.notify('H', 'T', error=True, icon='/icon.png')
    assert [icon for _, _, icon in fake_kodi.notifications] == ['/icon.png', 'error']


def test_progress_is_drawn_five_times_a_second_at_most(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(dialogs.time, 'monotonic', lambda: now[0])
    with dialogs.BackgroundProgress('Sync') as progress:
        for done in range(100):
            progress.update(done, 100, 'Movies')
            now[0] += 0.01
    shown, = fake_kodi.progress
    assert [percent for percent, _, _ in shown.updates] == [0, 0, 20, 40, 60, 80]
    assert not shown.open


def test_progress_closes_on_an_error_and_knows_no_total(fake_kodi: FakeKodi) -> None:
    with pytest.raises(ValueError), dialogs.BackgroundProgress('Sync') as progress:
        progress.update(7, 0, 'x')
        raise ValueError
    progress.close()
    assert not fake_kodi.progress[0].open


def test_progress_that_the_user_does_not_want_is_not_shown(fake_kodi: FakeKodi) -> None:
    with dialogs.BackgroundProgress('Sync', shown=False) as progress:
        progress.update(1, 2, 'x')
    assert not fake_kodi.progress


def test_json_rpc_returns_the_result_or_raises(fake_kodi: FakeKodi) -> None:
    assert jsonrpc.call('JSONRPC.Ping') == 'pong'
    with pytest.raises(jsonrpc.JsonRpcError) as caught:
        jsonrpc.call('No.Such')
    assert caught.value.code == -32601


def test_scanning_nothing_names_a_folder_without_videos(fake_kodi: FakeKodi) -> None:
    jsonrpc.scan_nothing()
    assert fake_kodi.rpc_calls == [('VideoLibrary.Scan', {
        'directory': 'special://profile/addon_data/plugin.video.plexkodiconnect/', 'showdialogs': False})]


def test_a_scan_of_the_users_own_sources_is_not_stopped_by_ours(fake_kodi: FakeKodi) -> None:
    fake_kodi.conditions.add('Library.IsScanningVideo')
    jsonrpc.scan_nothing()
    assert not fake_kodi.rpc_calls


def test_a_call_that_kodi_refuses_is_an_error(fake_kodi: FakeKodi) -> None:
    movies = {3: {'moviedetails': {'title': 'x'}}}
    fake_kodi.rpc['VideoLibrary.GetMovieDetails'] = lambda params: movies[params['movieid']]
    assert jsonrpc.call('VideoLibrary.GetMovieDetails', movieid=3) == movies[3]
    with pytest.raises(jsonrpc.JsonRpcError):
        jsonrpc.call('VideoLibrary.GetMovieDetails', movieid=4)


def test_our_folder_is_private(fake_kodi: FakeKodi) -> None:
    ours = addon.Addon()
    assert ours.profile_dir == str(fake_kodi.profile / 'addon_data' / ours.id)
    assert stat.S_IMODE((fake_kodi.profile / 'addon_data' / ours.id).stat().st_mode) == 0o700


def test_facts_of_the_add_on_and_of_kodi(fake_kodi: FakeKodi) -> None:
    ours = addon.Addon()
    assert ours.name == 'PlexKodiConnect'
    assert ours.version
    assert (addon.kodi_major(), addon.kodi_version(), addon.platform_name()) == (20, '20.1', 'Linux')
    assert addon.device_name() == 'Kodi (sitting room)'
    assert addon.video_database_dir() == str(fake_kodi.profile / 'Database')
    fake_kodi.conditions.add('System.Platform.Android')
    assert addon.platform_name() == 'Android'


def test_facts_have_defaults_while_kodi_is_starting(fake_kodi: FakeKodi) -> None:
    fake_kodi.info_labels.clear()
    fake_kodi.conditions.clear()
    assert (addon.kodi_major(), addon.device_name(), addon.platform_name()) == (19, 'Kodi', 'Linux')


def test_texts_come_in_kodis_language(tmp_path: Any) -> None:
    install(tmp_path, language='de_de')
    assert addon.Addon().text(texts.USER_SWITCHED, 'Käthe').startswith('Jetzt schaut Käthe.')
    install(tmp_path, language='en_gb')
    assert addon.Addon().text(texts.SIGN_OUT) == 'Sign out'
