"""The sign-in window, driven as a user with a remote would."""
from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any, Iterator, List, Optional

import pytest

from resources.lib.kodi.addon import Addon
from resources.lib.kodi.windows import qr, sign_in, sign_in_session
from tests.fakes import FakeKodi
from tests.support.waiting import CancelledWhen

BACK, ESCAPE, SELECT = 92, 10, 7


class Attempt:
    link_url = 'https://plex.tv/link'

    def __init__(self, code: str, answers: List[Any], seconds: float = 840.0) -> None:
        self.code, self.qr_url = code, 'https://plex.tv/link/?pin=' + code
        self._answers, self._seconds = answers, seconds
        self.polls: List[threading.Thread] = []

    def seconds_left(self) -> float:
        return self._seconds

    def poll(self) -> str:
        self.polls.append(threading.current_thread())
        answer = self._answers.pop(0) if self._answers else 'waiting'
        if isinstance(answer, Exception):
            raise answer
        return str(answer)


class Screen:
    """The window on the TV and the thread that shows it."""

    def __init__(self, kodi: FakeKodi, attempt: Attempt, later: List[Attempt]) -> None:
        self.kodi, self.result = kodi, ''
        self.made: List[threading.Thread] = []

        def new_attempt() -> Attempt:
            self.made.append(threading.current_thread())
            if not later:
                raise OSError('no route')
            return later.pop(0)

        def show() -> None:
            self.result = sign_in.show_sign_in(attempt, new_attempt, Addon(), CancelledWhen(kodi.abort.is_set),
                                               poll_s=0.05)
        self.thread = threading.Thread(target=show, daemon=True)
        self.thread.start()
        self.window = kodi.window()

    def label(self, control_id: int) -> str:
        return str(self.window.getControl(control_id).getLabel())

    def letters(self) -> str:
        controls = [self.window.getControl(control_id) for control_id in sign_in.LETTERS]
        return ''.join(Path(one.image).stem for one in controls if not one.hidden)

    def ended(self) -> str:
        self.thread.join(20)
        assert not self.thread.is_alive()
        return self.result


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(sign_in_session, '_SHOW_DONE_S', 0.3)
    monkeypatch.setattr(sign_in_session, '_CLOCK_S', 0.02)
    yield


def show(kodi: FakeKodi, attempt: Attempt, *later: Attempt) -> Screen:
    return Screen(kodi, attempt, list(later))


def test_code_address_qr_and_countdown_are_shown(fake_kodi: FakeKodi) -> None:
    screen = show(fake_kodi, Attempt('K4Q7', [], 125.0))
    assert screen.letters() == 'K4Q7'
    assert screen.label(sign_in.LINK) == 'plex.tv/link'
    assert screen.window.shows(sign_in.QR)
    picture = Path(screen.window.getControl(sign_in.QR).image)
    assert picture.read_bytes().startswith(b'\x89PNG')
    assert 'K4Q7' not in picture.name
    fake_kodi.wait_for(lambda: '2:05' in screen.label(sign_in.COUNTDOWN))
    assert 'Waiting' in screen.label(sign_in.STATUS)
    fake_kodi.press(BACK)
    assert screen.ended() == 'cancelled'
    assert not picture.exists()


def test_entering_the_code_closes_the_window_after_the_good_news(fake_kodi: FakeKodi) -> None:
    screen = show(fake_kodi, Attempt('K4Q7', ['waiting', 'linked']))
    fake_kodi.wait_for(lambda: screen.window.shows(131))
    assert not screen.window.shows(130)
    assert not screen.window.shows(sign_in.CANCEL)
    assert screen.ended() == 'linked'


@pytest.mark.parametrize('key', [BACK, ESCAPE])
def test_back_and_escape_cancel(fake_kodi: FakeKodi, key: int) -> None:
    screen = show(fake_kodi, Attempt('K4Q7', []))
    fake_kodi.press(SELECT)
    fake_kodi.press(key)
    assert screen.ended() == 'cancelled'


def test_the_button_cancels(fake_kodi: FakeKodi) -> None:
    screen = show(fake_kodi, Attempt('K4Q7', []))
    fake_kodi.click(sign_in.CANCEL)
    assert screen.ended() == 'cancelled'


def test_back_during_the_good_news_is_still_signed_in(fake_kodi: FakeKodi) -> None:
    screen = show(fake_kodi, Attempt('K4Q7', ['linked']))
    fake_kodi.wait_for(lambda: screen.window.shows(131))
    fake_kodi.press(BACK)
    assert screen.ended() == 'linked'


def test_an_expired_code_is_replaced(fake_kodi: FakeKodi) -> None:
    screen = show(fake_kodi, Attempt('AAAA', ['expired']), Attempt('BBBB', []))
    first = screen.window.getControl(sign_in.QR).image
    fake_kodi.wait_for(lambda: screen.letters() == 'BBBB')
    fake_kodi.wait_for(lambda: screen.window.getControl(sign_in.QR).image != first)
    fake_kodi.press(BACK)
    assert screen.ended() == 'cancelled'


def test_without_a_connection_it_says_so_and_goes_on(fake_kodi: FakeKodi) -> None:
    troubles = [OSError('no route')] * 3
    screen = show(fake_kodi, Attempt('K4Q7', [*troubles, 'waiting', 'waiting', 'waiting']))
    fake_kodi.wait_for(lambda: 'No connection' in screen.label(sign_in.STATUS))
    fake_kodi.wait_for(lambda: 'Waiting' in screen.label(sign_in.STATUS))
    fake_kodi.press(BACK)
    assert screen.ended() == 'cancelled'


def test_a_new_code_that_cannot_be_had_is_asked_for_again(fake_kodi: FakeKodi) -> None:
    screen = show(fake_kodi, Attempt('K4Q7', ['expired']))
    fake_kodi.wait_for(lambda: len(screen.made) >= 3)
    assert 'No connection' in screen.label(sign_in.STATUS)
    assert screen.letters() == ''
    fake_kodi.press(BACK)
    assert screen.ended() == 'cancelled'


def test_the_network_is_never_used_in_the_windows_thread(fake_kodi: FakeKodi) -> None:
    first, second = Attempt('AAAA', ['waiting', 'expired']), Attempt('BBBB', ['waiting', 'linked'])
    screen = show(fake_kodi, first, second)
    assert screen.ended() == 'linked'
    assert screen.thread not in {*first.polls, *second.polls, *screen.made}


def test_kodis_end_closes_it(fake_kodi: FakeKodi) -> None:
    screen = show(fake_kodi, Attempt('K4Q7', []))
    fake_kodi.abort.set()
    assert screen.ended() == 'cancelled'


def test_a_skin_that_is_loaded_anew_does_not_leave_us_waiting_for_ever(fake_kodi: FakeKodi) -> None:
    active = 'Window.IsActive(script-plexkodiconnect-signin.xml)'
    screen = show(fake_kodi, Attempt('K4Q7', []))
    screen.thread.join(0.3)
    assert screen.thread.is_alive()
    fake_kodi.conditions.discard(active)
    assert screen.ended() == 'cancelled'


def test_a_slow_poll_does_not_hold_up_the_remote(fake_kodi: FakeKodi) -> None:
    asked, answered = threading.Event(), threading.Event()

    class Slow(Attempt):
        def poll(self) -> str:
            asked.set()
            answered.wait(60)
            return 'linked'
    screen = show(fake_kodi, Slow('K4Q7', []))
    assert asked.wait(20)
    fake_kodi.press(BACK)
    assert screen.ended() == 'cancelled', 'before there is an answer'
    answered.set()


def test_no_poll_starts_after_the_end(fake_kodi: FakeKodi) -> None:
    attempt = Attempt('K4Q7', [])
    screen = show(fake_kodi, attempt)
    fake_kodi.press(BACK)
    screen.ended()
    count = len(attempt.polls)
    time.sleep(0.2)
    assert len(attempt.polls) == count


def test_a_code_of_another_form_is_written(fake_kodi: FakeKodi) -> None:
    screen = show(fake_kodi, Attempt('ABCDEFÄ', []))
    assert screen.letters() == ''
    assert screen.label(sign_in.PLAIN_CODE) == 'ABCDEFÄ'
    fake_kodi.press(BACK)
    screen.ended()


def test_without_segno_it_works_without_the_picture(fake_kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qr.QrPictures, 'make', lambda self, text: '')
    screen = show(fake_kodi, Attempt('K4Q7', []))
    assert not screen.window.shows(sign_in.QR_GROUP)
    assert screen.letters() == 'K4Q7'
    fake_kodi.press(BACK)
    screen.ended()


def test_missing_segno_makes_no_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    missing: Optional[Any] = None
    monkeypatch.setitem(__import__('sys').modules, 'segno', missing)
    assert qr.QrPictures(str(tmp_path)).make('x') == ''


def test_pictures_of_a_killed_kodi_are_removed_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / 'qr-old.png').write_bytes(b'x')
    (tmp_path / 'other.png').write_bytes(b'x')
    qr.QrPictures(str(tmp_path)).clear()
    assert [path.name for path in tmp_path.iterdir()] == ['other.png']


def test_there_is_a_picture_of_each_letter(fake_kodi: FakeKodi) -> None:
    ours = Addon()
    for letter in sign_in._DRAWN:
        assert Path(ours.media('code/%s.png' % letter)).is_file()


def test_the_window_uses_only_textures_of_its_own(fake_kodi: FakeKodi) -> None:
    screen = show(fake_kodi, Attempt('K4Q7', []))
    text = screen.window.xml.read_text(encoding='utf-8')
    for name in __import__('re').findall(r'<texture\w*[^>]*>([^<]+)</texture', text):
        assert Path(Addon().media(name)).is_file(), name
    fake_kodi.press(BACK)
    screen.ended()
