"""From the installation to the full home screen."""
from __future__ import annotations

import time

from tools.tour.guide import CHOOSE, GUIDE, PATIENCE, SELECT, SIGN_IN, Guide

#: Seconds for an answer of the server while it is synchronised: the progress is shown when that takes a while.
SLOWLY = 2.5
#: The line of the sign-in window that says what it waits for.
_SIGN_IN_STATUS = 124
#: The heading of the guide's last window, and what it says at the end.
_GUIDE_HEADING, _READY = 110, 31809
#: Seconds in which what is there already appears on a busy machine.
_FADING = 1.0
#: Seconds that the first synchronisation may take.
_SYNC = 90.0


def offer(guide: Guide) -> None:
    """The question after the installation; the answer is yes."""
    guide.lab.wait_for(guide.lab.dialog_open, PATIENCE, 'the offer to sign in')
    guide.shoot()
    guide.lab.answer_yes()
    guide.lab.wait_for(lambda: not guide.lab.dialog_open(), PATIENCE, 'the end of the offer')


def sign_in(guide: Guide) -> None:
    """The window with code and QR code; somebody enters the code."""
    code = guide.stage.waiting_code()
    guide.until('Window.IsActive(%s)' % SIGN_IN)
    guide.lab.wait_for(lambda: guide.label(_SIGN_IN_STATUS), PATIENCE, 'what the window waits for')
    time.sleep(_FADING)  # the QR code is drawn last
    guide.shoot(settle=2)
    guide.stage.tell('config', latency=SLOWLY)
    guide.stage.link(code)


def who(guide: Guide) -> None:
    """The users of the Plex Home; the first is chosen."""
    guide.window(CHOOSE)
    guide.shoot()
    guide.lab.input('Select')


def which_libraries(guide: Guide) -> None:
    """The libraries of the server, and what is taken of each; nothing is changed."""
    guide.window(SELECT)
    guide.shoot()
    guide.lab.input('Select')


def filling(guide: Guide) -> None:
    """The progress of the first synchronisation."""
    try:
        guide.window(GUIDE)
        guide.until('!Window.IsVisible(%s)' % SELECT)
        guide.shoot(settle=1)
    finally:
        guide.stage.tell('config', latency=0.02)


def ready(guide: Guide) -> None:
    """What has come, and what to do next: the window closes by itself after some seconds."""
    guide.lab.wait_for(lambda: guide.label(_GUIDE_HEADING) == guide.text(_READY), _SYNC, 'the end of the filling')
    guide.shoot(settle=1)
    guide.leave(GUIDE)


def home(guide: Guide) -> None:
    """Kodi's home screen afterwards: movies, then TV shows, each with what is in progress (rows of Estuary)."""
    for number, (name, row) in enumerate((('movies', 5100), ('shows', 6100))):
        if number:
            guide.lab.input('Down')
        guide.until('Integer.IsGreater(Container(%d).NumItems,0)' % row, 'what is in progress')
        guide.shoot(name)


def libraries(guide: Guide) -> None:
    """Which libraries, and what of each."""
    guide.run('choose_libraries', SELECT)
    guide.shoot()
    heading = guide.label(1)
    guide.lab.input('Select')
    guide.lab.wait_for(lambda: guide.label(1) not in ('', heading), PATIENCE, 'what one can choose')
    guide.shoot('one')
    guide.leave(SELECT)


def servers(guide: Guide) -> None:
    """The servers of the account."""
    guide.run('choose_server', CHOOSE)
    guide.shoot()


def users(guide: Guide) -> None:
    """Another user, and what that means."""
    guide.run('switch_user', CHOOSE)
    guide.shoot()
    guide.press('Down')
    guide.lab.input('Select')
    guide.lab.wait_for(guide.lab.dialog_open, PATIENCE, 'the question')
    guide.shoot('question')
    guide.lab.answer_no()
    guide.window(CHOOSE)  # once more
    guide.leave(CHOOSE)


def start_user(guide: Guide) -> None:
    """Who watches after a start."""
    guide.run('choose_start_user', SELECT)
    guide.shoot()
