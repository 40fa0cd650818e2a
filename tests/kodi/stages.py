"""What the stories in a real Kodi begin with: a Kodi with a simulated Plex, the add-on installed, a user signed in."""
from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import Callable, Iterator, Optional, Type, TypeVar

from tools.kodilab import KodiLab
from tools.stage import ENVIRONMENT, Stage

Made = TypeVar('Made', bound=Stage)


class Stages:
    """Makes the stage of a file of stories: ``new_folder(name)`` gives it a folder, ``repository`` has the add-on."""

    def __init__(self, new_folder: Callable[[str], Path], repository: Path, kodi: Optional[Path]) -> None:
        self.repository = repository
        self._new_folder = new_folder
        self._kodi = kodi

    @contextmanager
    def open(self, kind: Type[Made], name: str) -> Iterator[Made]:
        """A stage in a Kodi that is not started yet. Its folder is above the lab's home; kodi.log is kept there."""
        folder = self._new_folder(name)
        with KodiLab(folder / 'home', name=name, env=ENVIRONMENT, debug=True, kodi=self._kodi) as lab:
            yield kind(lab)
            (folder / 'kodi.log').write_text(lab.log_text(), encoding='utf-8')

    def install(self, stage: Stage) -> None:
        """Install the add-on in the running Kodi from its repository; its offer to sign in is declined."""
        lab = stage.lab
        stage.install(self.repository)
        lab.wait_for(lab.dialog_open, 30, 'the offer to sign in')
        lab.answer_no()
        lab.wait_for(lambda: not lab.dialog_open(), 10, 'the end of the offer')

    def install_and_sign_in(self, stage: Stage) -> None:
        """Install the add-on, sign in by a code without the guide, and wait for the first sync."""
        self.install(stage)
        stage.link(stage.open_sign_in())
        stage.wait_synced(60)
        stage.lab.wait_for(lambda: not stage.lab.dialog_open(), 20, 'the end of the sign-in')
