"""The libraries of the server: which there are, how one of them can be looked at, and its items."""
from __future__ import annotations

from typing import Any, Dict, List, Mapping

from ...item_url import icon
from ...kodi.texts import lists as texts
from ...plex_functions import PMSClient
from ...plex_lists import (
    SectionViews,
    choices_body,
    listing_body,
    read_choices,
    read_listing,
    read_section_views,
    read_sections,
    section_views_body,
    sections_body,
)
from ...plex_model import MOVIE, SHOW
from .description import (
    IN_TURN,
    TYPE_NUMBER,
    Contents,
    Folder,
    ItemsQuestion,
    ListDescription,
    Options,
    is_of_known_type,
)

ICONS = {MOVIE: icon('movies'), SHOW: icon('shows')}
#: Filters that can be chosen from, with their text and icon.
_FILTERS = {'genre': (texts.GENRES, 'DefaultGenre.png'), 'year': (texts.YEARS, 'DefaultYear.png'),
            'decade': (texts.DECADES, 'DefaultYear.png')}
_SORT = 'sort'


# ---- /sections -------------------------------------------------------------------------------------------------

def _ask_sections(client: PMSClient, options: Options) -> bytes:
    if not options.section:
        return sections_body(client)
    if options.filter in _FILTERS:
        return choices_body(client, options.section, options.filter)
    return section_views_body(client, options.section)


def _read_sections(body: bytes, options: Options) -> Contents:
    if not options.section:
        return Contents([Folder('sections', Options(section=one.key), one.title, icon=ICONS[one.plex_type])
                         for one in read_sections(body)])
    if options.filter in _FILTERS:
        return Contents([
            Folder('section', _chosen(options, one.key), one.title, icon=_FILTERS[options.filter][1])
            for one in read_choices(body)])
    views = read_section_views(body)
    entries = _orders(views, options.section) if options.filter == _SORT else _views(views, options.section)
    return Contents(entries, title=views.title)


def _chosen(options: Options, key: str) -> Options:
    """What is in a library with this genre, year or decade."""
    chosen: Dict[str, Any] = {options.filter: key}
    return Options(id=options.section, **chosen)


def _orders(views: SectionViews, section: str) -> List[Folder]:
    return [Folder('section', Options(id=section, type=views.plex_type, sort=one.key), one.title)
            for one in views.orders]


def _views(views: SectionViews, section: str) -> List[Folder]:
    here = Options(section=section)
    found = [
        Folder('section', Options(id=section, type=views.plex_type), text_id=texts.ALL,
               icon=ICONS.get(views.plex_type, 'DefaultFolder.png')),
        Folder('recently_added', here, text_id=texts.RECENTLY_ADDED, icon=icon('recent')),
        Folder('continue_watching', here, text_id=texts.CONTINUE_WATCHING, icon=icon('continue')),
        Folder('hubs', here, text_id=texts.HUBS, icon=icon('recommended')),
        Folder('section', Options(id=section, type=views.plex_type, unwatched='1'), text_id=texts.UNWATCHED,
               icon=icon('unwatched')),
        Folder('collections', here, text_id=texts.COLLECTIONS, icon=icon('collections'))]
    found += [Folder('sections', here._replace(filter=name), text_id=text_id, icon=picture)
              for name, (text_id, picture) in _FILTERS.items() if name in views.filters]
    found.append(Folder('folder', here, text_id=texts.FOLDERS, icon=icon('folder')))
    if views.orders:
        found.append(Folder('sections', here._replace(filter=_SORT), text_id=texts.SORTED_BY, icon=icon('sort')))
    return found


# ---- /section --------------------------------------------------------------------------------------------------

def _ask_section(client: PMSClient, options: Options, fields: Mapping[str, str]) -> bytes:
    params: Dict[str, Any] = dict(fields, **{name: value for name, value in (
        ('sort', options.sort), ('genre', options.genre), ('year', options.year), ('decade', options.decade)) if value})
    if options.type in TYPE_NUMBER:
        params['type'] = TYPE_NUMBER[options.type]
    if options.unwatched:
        params[_unwatched_field(client, options)] = options.unwatched
    return listing_body(client, '/library/sections/%s/all' % options.id, params, options.start, options.limit)


def _unwatched_field(client: PMSClient, options: Options) -> str:
    """A show is not unwatched but has unwatched episodes; without a type the server lists a library's top type."""
    kind = options.type or next((one.plex_type for one in client.sections() if one.key == options.id), '')
    return 'unwatchedLeaves' if kind == SHOW else 'unwatched'


def _read_section(body: bytes, options: Options) -> Contents:
    return Contents.of(read_listing(body, options.start, options.limit))


SECTIONS = ListDescription('sections', texts.LIBRARIES, _ask_sections, _read_sections, merge=IN_TURN)
SECTION = ListDescription('section', texts.LIBRARIES, ItemsQuestion(_ask_section, is_of_known_type), _read_section,
                          needs=('id',), id_is_section=True)
