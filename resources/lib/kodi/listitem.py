"""Making Kodi's list items from the service's answers ("wire items"), and giving Kodi listings and resolved URLs.

It must be fast, since it runs in each plugin call. Kodi 20 replaced ``ListItem.setInfo`` by setters of
``InfoTagVideo`` and logs a warning for each call of the old one, so there is one builder for Kodi 19 and one for later
versions.
"""
from __future__ import annotations

from kodi_six import xbmc, xbmcgui, xbmcplugin

TYPE_CHECKING = False  # typing itself is slow to import, and each call of the plugin pays for it
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Iterable, List, Mapping, Optional, Sequence, Tuple

    WireItem = Mapping[str, Any]

# Key in a wire item's ``info``, setter of xbmc.InfoTagVideo.
_SETTERS: Tuple[Tuple[str, str], ...] = (
    ('title', 'setTitle'), ('originaltitle', 'setOriginalTitle'), ('sorttitle', 'setSortTitle'),
    ('tvshowtitle', 'setTvShowTitle'), ('plot', 'setPlot'), ('tagline', 'setTagLine'), ('year', 'setYear'),
    ('season', 'setSeason'), ('episode', 'setEpisode'), ('duration', 'setDuration'), ('premiered', 'setPremiered'),
    ('mpaa', 'setMpaa'), ('rating', 'setRating'), ('userrating', 'setUserRating'), ('playcount', 'setPlaycount'),
    ('lastplayed', 'setLastPlayed'), ('dateadded', 'setDateAdded'), ('genre', 'setGenres'),
    ('studio', 'setStudios'), ('director', 'setDirectors'), ('writer', 'setWriters'), ('country', 'setCountries'),
    ('trailer', 'setTrailer'))


def list_item(wire: WireItem) -> xbmcgui.ListItem:
    """The list item of a wire item, built for the running version of Kodi."""
    return _builder()(wire)


def list_item_20(wire: WireItem) -> xbmcgui.ListItem:
    """The list item for Kodi 20 and later: all about a video is set on its info tag."""
    item = _bare_item(wire)
    info = wire.get('info') or {}
    mediatype = wire.get('mediatype') or 'video'
    tag = item.getVideoInfoTag()
    tag.setMediaType(mediatype)
    for key, setter in _SETTERS:
        value = info.get(key)
        if value or value == 0:
            getattr(tag, setter)(value)
    if mediatype == 'episode' and info.get('premiered'):
        tag.setFirstAired(info['premiered'])
    if wire.get('dbid'):
        tag.setDbId(wire['dbid'])
    uniqueids = wire.get('uniqueids')
    if uniqueids:
        tag.setUniqueIDs(dict(uniqueids), _default_unique_id(uniqueids))
    cast = wire.get('cast')
    if cast:
        actor = xbmc.Actor
        tag.setCast([actor(name, role, order, thumb) for order, (name, role, thumb) in enumerate(cast)])
    _set_resume_20(tag, wire.get('resume'))
    for kind, streams in (wire.get('streams') or {}).items():
        for stream in streams:
            _add_stream_20(tag, kind, stream)
    return item


def list_item_19(wire: WireItem) -> xbmcgui.ListItem:
    """The list item for Kodi 19: with dictionaries and properties."""
    item = _bare_item(wire)
    mediatype = wire.get('mediatype') or 'video'
    info: Dict[str, Any] = {key: value for key, value in (wire.get('info') or {}).items() if value or value == 0}
    info['mediatype'] = mediatype
    if mediatype == 'episode' and info.get('premiered'):
        info['aired'] = info['premiered']
    if wire.get('dbid'):
        info['dbid'] = wire['dbid']
    item.setInfo('video', info)
    uniqueids = wire.get('uniqueids')
    if uniqueids:
        item.setUniqueIDs(dict(uniqueids), _default_unique_id(uniqueids))
    cast = wire.get('cast')
    if cast:
        item.setCast([{'name': name, 'role': role, 'order': order, 'thumbnail': thumb}
                      for order, (name, role, thumb) in enumerate(cast)])
    _set_resume_19(item, wire.get('resume'))
    for kind, streams in (wire.get('streams') or {}).items():
        for stream in streams:
            item.addStreamInfo(kind, stream)
    return item


def add_directory(handle: int, items: Iterable[WireItem], content: str, category: str, cache: bool = False) -> None:
    """Give Kodi a complete listing, in the order of ``items``.

    ``content`` is Kodi's name for the kind of items (``movies``, ``episodes``, ``videos``, '' for a menu);
    ``category`` is the title of the page. With ``cache`` Kodi may show it again without calling us.
    """
    build, wires = _builder(), list(items)
    rows: List[Tuple[str, Any, bool]] = [(wire['url'], build(wire), bool(wire.get('folder'))) for wire in wires]
    if content:
        xbmcplugin.setContent(handle, content)
    if category:
        xbmcplugin.setPluginCategory(handle, category)
    xbmcplugin.addSortMethod(handle, xbmcplugin.SORT_METHOD_UNSORTED, _label_mask(wires))
    xbmcplugin.addDirectoryItems(handle, rows, len(rows))
    xbmcplugin.endOfDirectory(handle, True, False, cache)


def _label_mask(wires: Sequence[WireItem]) -> str:
    """What Kodi's windows (not widgets) show of each item, with the codes of its ``LabelFormatter``.

    ``%L`` is the label; without a mask Kodi would show the title, which lacks the edition and other additions of ours.
    Episodes have their number (``%H``: 1x02) before it, and among other things also their show (``%Z``).
    """
    shows = {(wire.get('info') or {}).get('tvshowtitle', '') if wire.get('mediatype') == 'episode' else ''
             for wire in wires if wire.get('mediatype')}
    if not any(shows):
        return '%L'
    return '[%Z - ][%H. ]%L' if len(shows) > 1 else '[%H. ]%L'


def end_with_failure(handle: int) -> None:
    """Tell Kodi that there is no listing; it then stays on the present page."""
    xbmcplugin.endOfDirectory(handle, False, False, False)


def open_list(url: str, here: bool) -> None:
    """Show another list of ours: in the open window if the call came from there (``here``), else in a new window.

    ``url`` must be quoted: a comma or bracket in it would have a meaning for Kodi.
    """
    command = 'Container.Update(%s)' if here else 'ActivateWindow(Videos,%s,return)'
    xbmc.executebuiltin(command % url)


def resolve(handle: int, url: str, title: str = '', subtitles: Sequence[str] = (), mime: str = '',
            resume_s: float = 0.0, total_s: float = 0.0) -> None:
    """Tell Kodi what to play. Kodi merges this into the item that was opened and keeps what is not set here.

    ``mime`` saves Kodi a HEAD request. ``resume_s``: where to start, in seconds; Kodi uses it only when the user chose
    to resume. ``total_s`` is the duration.
    """
    item = xbmcgui.ListItem(title, path=url, offscreen=True)
    if mime:
        item.setMimeType(mime)
        item.setContentLookup(False)
    if subtitles:
        item.setSubtitles(list(subtitles))
    if resume_s > 0:
        resume = {'position': resume_s, 'total': total_s}
        if _new_kodi():
            _set_resume_20(item.getVideoInfoTag(), resume)
        else:
            _set_resume_19(item, resume)
    xbmcplugin.setResolvedUrl(handle, True, item)


def fail_resolve(handle: int) -> None:
    """Tell Kodi that there is nothing to play. Tell the user the reason first."""
    xbmcplugin.setResolvedUrl(handle, False, xbmcgui.ListItem(offscreen=True))


def _new_kodi() -> bool:
    """Whether this is Kodi 20 or later, which has this class. Faster than asking for the version."""
    return hasattr(xbmc, 'VideoStreamDetail')


def _builder() -> Callable[[WireItem], Any]:
    return list_item_20 if _new_kodi() else list_item_19


def _bare_item(wire: WireItem) -> Any:
    """What both builders have in common. With ``offscreen`` Kodi does not take its graphics lock."""
    item = xbmcgui.ListItem(wire['label'], path=wire['url'], offscreen=True)
    art = wire.get('art')
    if art:
        item.setArt({kind: url for kind, url in art.items() if url})
    properties = dict(wire.get('properties') or {})
    if not wire.get('folder'):
        properties.setdefault('IsPlayable', 'true')
    if properties:
        item.setProperties(properties)
    return item


def _default_unique_id(uniqueids: Mapping[str, str]) -> str:
    """The first one's type, as in the library: skins show it as the item's id at IMDb or another site."""
    return next(iter(uniqueids))


def identity(item: Any) -> Dict[str, Any]:
    """The facts of a list item on the screen: its type and row in Kodi's library, path, and properties of our lists."""
    tag = item.getVideoInfoTag()
    return {'type': str(tag.getMediaType()), 'id': max(int(tag.getDbId()), 0), 'url': str(item.getPath()),
            'plexid': str(item.getProperty('plexid')), 'plexguid': str(item.getProperty('plexguid'))}


def is_videos_window() -> bool:
    """Whether Kodi shows its Videos window, in which a list of ours can be opened."""
    return bool(xbmc.getCondVisibility('Window.IsActive(videos)'))


def play(url: str) -> None:
    """Have Kodi play a URL of ours, as if it had been chosen in a list. It must be quoted, as for :func:`open_list`."""
    xbmc.executebuiltin('PlayMedia(%s)' % url)


def refresh_list() -> None:
    """Have Kodi reload the list on the screen."""
    xbmc.executebuiltin('Container.Refresh')


def _set_resume_20(tag: Any, resume: Optional[Mapping[str, float]]) -> None:
    if resume and resume.get('position'):
        tag.setResumePoint(float(resume['position']), float(resume.get('total') or 0.0))


def _set_resume_19(item: Any, resume: Optional[Mapping[str, float]]) -> None:
    if resume and resume.get('position'):
        item.setProperty('ResumeTime', str(float(resume['position'])))
        item.setProperty('TotalTime', str(float(resume.get('total') or 0.0)))


def _add_stream_20(tag: Any, kind: str, stream: Mapping[str, Any]) -> None:
    """Add a stream; its keys are Kodi's: codec, language, width, height, aspect, duration, hdrtype, channels."""
    codec, language = stream.get('codec', ''), stream.get('language', '')
    if kind == 'video':
        detail = xbmc.VideoStreamDetail(int(stream.get('width', 0)), int(stream.get('height', 0)),
                                        float(stream.get('aspect', 0.0)), int(stream.get('duration', 0)),
                                        codec, stream.get('stereomode', ''), language)
        if stream.get('hdrtype'):
            detail.setHDRType(stream['hdrtype'])
        tag.addVideoStream(detail)
    elif kind == 'audio':
        tag.addAudioStream(xbmc.AudioStreamDetail(int(stream.get('channels', -1)), codec, language))
    elif kind == 'subtitle':
        tag.addSubtitleStream(xbmc.SubtitleStreamDetail(language))
