"""Writing versions of movies (tables videoversion and videoversiontype), which Kodi has since 21.

Each version has its own file row; the movie's ``idFile`` is the one that is played unless the user chooses another.
Kodi shows a movie only if its file has a version row.
"""
from __future__ import annotations

from typing import Dict, List, Sequence, Set, Tuple

from .database import VideoDatabase
from .files import Files
from .records import MovieRecord

_STANDARD = 40400  # videoversiontype "Standard Edition"
_BY_USER = 2  # videoversiontype.owner of names that do not come with Kodi


class Versions:
    """Writes the versions that Plex has of movies; does nothing with a Kodi that has no versions."""

    def __init__(self, database: VideoDatabase, files: Files) -> None:
        self._database = database
        self._files = files

    @property
    def _known(self) -> bool:
        return self._database.profile.has_video_versions

    def owners(self, file_ids: Sequence[int]) -> Dict[int, int]:
        """The ids of existing movies by the file id of any version. (Version rows of removed movies may be left.)"""
        if not self._known:
            return {}
        return dict(self._database.rows_in(
            "SELECT v.idFile, v.idMedia FROM videoversion v JOIN movie m ON m.idMovie = v.idMedia "
            "WHERE v.media_type = 'movie' AND v.idFile IN (%s)", file_ids))

    def default_files(self, movie_ids: Sequence[int]) -> Dict[int, int]:
        """The file that each movie plays (the user may have chosen it), if that is one of its versions."""
        if not self._known:
            return {}
        return dict(self._database.rows_in(
            "SELECT m.idMovie, m.idFile FROM movie m JOIN videoversion v ON v.idFile = m.idFile "
            "AND v.idMedia = m.idMovie AND v.media_type = 'movie' WHERE m.idMovie IN (%s)", movie_ids))

    def write(self, movies: Sequence[Tuple[int, int, int, MovieRecord]]) -> None:
        """Write (movie id, path id, file id of the first version, record); versions in other paths are not touched."""
        if not self._known:
            return
        extra = [(movie_id, path_id, version) for movie_id, path_id, _, record in movies
                 for version in record.versions]
        file_ids = self._files.write([(path_id, 0, version.file) for _, path_id, version in extra])
        types = self._types({record.version_name for *_, record in movies if record.versions}
                            | {version.name for *_, version in extra})
        wanted: Dict[int, Tuple[int, int]] = {
            file_id: (movie_id, types[record.version_name] if record.versions else _STANDARD)
            for movie_id, _, file_id, record in movies}
        wanted.update((file_id, (movie_id, types[version.name]))
                      for file_id, (movie_id, _, version) in zip(file_ids, extra))
        present = {row[0]: row[1:] for column, values in (('idMedia', [movie[0] for movie in movies]),
                                                          ('idFile', list(wanted)))
                   for row in self._database.rows_in(
            "SELECT v.idFile, v.idMedia, v.idType, f.idPath FROM videoversion v JOIN files f ON f.idFile = v.idFile "
            "WHERE v.media_type = 'movie' AND v." + column + " IN (%s)", values)}
        item_type = self._database.profile.version_item_type
        self._database.insert_rows('videoversion', [
            {'idFile': file_id, 'idMedia': movie_id, 'media_type': 'movie', 'itemType': item_type, 'idType': kind}
            for file_id, (movie_id, kind) in wanted.items() if file_id not in present])
        self._database.update_rows('videoversion', 'idFile', [
            {'idFile': file_id, 'idMedia': movie_id, 'idType': kind} for file_id, (movie_id, kind) in wanted.items()
            if file_id in present and present[file_id][:2] != (movie_id, kind)])
        self._drop({file_id for file_id, row in present.items()
                    if file_id not in wanted and row[2] in {path_id for _, path_id, _, _ in movies}},
                   {movie_id: file_id for movie_id, _, file_id, _ in movies})

    def _drop(self, file_ids: Set[int], first: Dict[int, int]) -> None:
        """Remove versions that Plex no longer has; a movie that played one of them plays its first version again."""
        if not file_ids:
            return
        self._database.update_rows('movie', 'idMovie', [
            {'idMovie': movie_id, 'idFile': first[movie_id]}
            for movie_id, file_id in self.default_files(list(first)).items() if file_id in file_ids])
        self._database.delete_ids('files', 'idFile', sorted(file_ids))

    def take(self, movie_ids: Sequence[int]) -> Set[int]:
        """Remove the version rows of movies that are being removed; returns the ids of the files to remove with them.

        The file of a version that the user added from elsewhere is not among them.
        """
        if not self._known:
            return set()
        files = {row[0] for row in self._database.rows_in(
            "SELECT v.idFile FROM videoversion v JOIN files f ON f.idFile = v.idFile JOIN movie m ON "
            "m.idMovie = v.idMedia JOIN files o ON o.idFile = m.idFile AND o.idPath = f.idPath "
            "WHERE v.media_type = 'movie' AND v.idMedia IN (%s)", movie_ids)}
        self._database.delete('videoversion', ('media_type', 'idMedia'),
                              [('movie', movie_id) for movie_id in movie_ids])
        return files

    def siblings(self, file_ids: Sequence[int]) -> List[Tuple[int, int]]:
        """(file id, id of another version's file) of the same movie in the same path, for each of these files."""
        if not self._known:
            return []
        return [(row[0], row[1]) for row in self._database.rows_in(
            'SELECT a.idFile, b.idFile FROM videoversion a JOIN videoversion b ON b.idMedia = a.idMedia '
            'AND b.media_type = a.media_type AND b.idFile <> a.idFile JOIN files fa ON fa.idFile = a.idFile '
            'JOIN files fb ON fb.idFile = b.idFile AND fb.idPath = fa.idPath WHERE a.idFile IN (%s)', file_ids)]

    def _types(self, names: Set[str]) -> Dict[str, int]:
        """The ids of version names; missing ones are added."""
        item_type = self._database.profile.version_item_type
        found: Dict[str, int] = {}
        for row_id, name in self._database.rows_in(
                'SELECT id, name FROM videoversiontype WHERE itemType = ? AND name IN (%s) ORDER BY id DESC',
                sorted(names), (item_type,)):
            found[name] = row_id
        for name in sorted(names - set(found)):
            found[name] = self._database.insert_row('videoversiontype', {'name': name, 'owner': _BY_USER,
                                                                        'itemType': item_type})
        return found
