"""The segments that a transcode consists of: cut by ffmpeg out of the configured video, else made up."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import threading
from pathlib import Path

from tools.plexsim.config import SimConfig
from tools.plexsim.formats import mpegts

SECONDS = 4.0
"""The length of a segment."""


class Encoder:
    """Makes segments; of a real video all at once, in a thread, and keeps them for later transcodes."""

    def __init__(self, config: SimConfig) -> None:
        self.config = config
        self._lock = threading.Lock()
        self._folders: dict[tuple[str, int], Path] = {}
        self._temporary: tempfile.TemporaryDirectory[str] | None = None

    def prepare(self, height: int) -> None:
        """Begin to encode the video with this height."""
        path = self.config.media_file
        if not path or not shutil.which("ffmpeg"):
            return
        with self._lock:
            if (path, height) in self._folders:
                return
            if self._temporary is None:
                self._temporary = tempfile.TemporaryDirectory(prefix="plexsim")
            folder = Path(self._temporary.name) / f"{len(self._folders)}"
            folder.mkdir()
            self._folders[path, height] = folder
        threading.Thread(target=_encode, args=(path, height, folder), daemon=True).start()

    @property
    def idle(self) -> bool:
        """Whether everything is encoded that was asked for."""
        return all((folder / "done").exists() for folder in self._folders.values())

    def segment(self, number: int, height: int) -> bytes | None:
        """Return a segment; None when it is not ready."""
        path = self.config.media_file
        folder = self._folders.get((path or "", height))
        if folder is None:
            return mpegts.segment(number, SECONDS)
        file = folder / f"{number:05d}.ts"
        # The next one is begun when this one is complete, and the list is written when all are.
        done = (folder / f"{number + 1:05d}.ts").exists() or (folder / "done").exists()
        return file.read_bytes() if done and file.exists() else None


def _encode(path: str, height: int, folder: Path) -> None:
    command = ["ffmpeg", "-loglevel", "error", "-y", "-i", path, "-map", "0:v:0", "-map", "0:a:0"]
    command += ["-vf", f"scale=-2:{height}", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
    command += ["-force_key_frames", f"expr:gte(t,n_forced*{SECONDS:g})", "-c:a", "aac", "-ac", "2", "-f", "segment"]
    command += ["-segment_time", f"{SECONDS:g}", "-segment_format", "mpegts", str(folder / "%05d.ts")]
    subprocess.run(command, check=False, stdin=subprocess.DEVNULL)
    (folder / "done").touch()
