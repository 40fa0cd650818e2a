"""Texts in other languages: what is missing, and writing it into the ``strings.po`` files.

``python -m tools.translations missing fr_fr`` prints a line for each text without translation: id and English text.
Replace the English by the translation and give the lines to
``python -m tools.translations add fr_fr lines.txt`` (``-`` for standard input). ``… sync`` brings all files into the
order of the English one after texts were added, changed or removed there, and names the translations whose English has
changed.
"""
from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import Dict, List, NamedTuple, Sequence

FOLDER = Path(__file__).resolve().parents[1] / 'resources' / 'language'
SOURCE = 'en_gb'
#: Those that each text has to be in when it is added, and all that we translate to.
REQUIRED = ('de_de',)
LANGUAGES = ('de_de', 'fr_fr', 'es_es', 'it_it', 'nl_nl')
#: As Kodi's own translations have it; nplurals=2; plural=(n != 1) for the others.
PLURALS = {'fr_fr': 'nplurals=2; plural=(n > 1);'}

_HEADER = '''# PlexKodiConnect language file
# Addon Name: PlexKodiConnect
# Addon id: plugin.video.plexkodiconnect
msgid ""
msgstr ""
"Project-Id-Version: plugin.video.plexkodiconnect\\n"
"Language: %s\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: %s\\n"
'''
_ENTRY = re.compile(r'^msgctxt "#(\d+)"\nmsgid "(.*)"\nmsgstr "(.*)"$', re.M)
_LINE = re.compile(r'(\d{5})\s+(.*\S)\s*')


class Entry(NamedTuple):
    """A text as a file has it. ``heading``: the comment before it, which begins a section, or ''."""

    heading: str
    number: int
    english: str
    text: str


def path_of(language: str) -> Path:
    """The file of a language."""
    return FOLDER / ('resource.language.' + language) / 'strings.po'


def read(language: str) -> List[Entry]:
    """The texts of a language in the order of its file, none if there is no file. Escapes are kept."""
    path = path_of(language)
    content = path.read_text(encoding='utf-8') if path.exists() else ''
    blocks = re.split(r'\n\s*\n', content)
    found, heading = [], ''
    for block in blocks[1:]:
        entry = _ENTRY.search(block)
        if entry is None:
            heading = block.strip()
            continue
        found.append(Entry(heading, int(entry[1]), entry[2], entry[3]))
        heading = ''
    return found


def missing(language: str) -> Dict[int, str]:
    """The English texts, by id, that a language has no translation of."""
    translated = {entry.number for entry in read(language) if entry.text}
    return {entry.number: entry.english for entry in read(SOURCE) if entry.number not in translated}


def outdated(language: str) -> List[int]:
    """The ids whose English text was changed since the translation was written."""
    english = {entry.number: entry.english for entry in read(SOURCE)}
    return [entry.number for entry in read(language)
            if entry.text and english.get(entry.number, entry.english) != entry.english]


def write(language: str, added: Dict[int, str]) -> None:
    """Write a language's file in the order of the English one: the texts that it had, and ``added`` (escaped)."""
    texts = {entry.number: entry.text for entry in read(language)}
    texts.update(added)
    content = _HEADER % (language, PLURALS.get(language, 'nplurals=2; plural=(n != 1);'))
    for entry in read(SOURCE):
        if entry.heading:
            content += '\n%s\n' % entry.heading
        if texts.get(entry.number):
            content += '\nmsgctxt "#%d"\nmsgid "%s"\nmsgstr "%s"\n' % (
                entry.number, entry.english, texts[entry.number])
    path_of(language).parent.mkdir(exist_ok=True)
    path_of(language).write_text(content, encoding='utf-8')


def parse(lines: str) -> Dict[int, str]:
    """Lines of id and text, as ``missing`` prints them. Empty lines and those that begin with # are left out.

    :raises ValueError: another line, or an id that no English text has.
    """
    known = {entry.number for entry in read(SOURCE)}
    found: Dict[int, str] = {}
    for line in lines.splitlines():
        if not line.strip() or line.startswith('#'):
            continue
        match = _LINE.fullmatch(line)
        if match is None or int(match[1]) not in known:
            raise ValueError('not a text: %s' % line)
        found[int(match[1])] = match[2].replace('\\"', '"').replace('"', '\\"')
    return found


def _show(languages: Sequence[str]) -> int:
    count = 0
    for language in languages:
        gaps = missing(language)
        count += len(gaps)
        print('# %s: %d of %d are missing' % (language, len(gaps), len(read(SOURCE))))
        for number, text in gaps.items():
            print(number, text.replace('\\"', '"'))
    return 1 if count else 0


def _sync() -> int:
    for language in LANGUAGES:
        changed = outdated(language)
        write(language, {})
        for number in changed:
            print('%s: the English of #%d has changed' % (language, number))
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; returns its exit code."""
    parser = argparse.ArgumentParser(prog='python -m tools.translations', description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest='command', required=True)
    show = commands.add_parser('missing', help='texts without translation')
    show.add_argument('language', nargs='*', help='such as fr_fr (all)')
    add = commands.add_parser('add', help='add or replace translations')
    add.add_argument('language', choices=LANGUAGES)
    add.add_argument('lines', help='file of lines, - for standard input')
    commands.add_parser('sync', help='bring all files into the order of the English one')
    options = parser.parse_args(argv)
    if options.command == 'missing':
        return _show(options.language or LANGUAGES)
    if options.command == 'sync':
        return _sync()
    content = sys.stdin.read() if options.lines == '-' else Path(options.lines).read_text(encoding='utf-8')
    write(options.language, parse(content))
    return 0


if __name__ == '__main__':
    sys.exit(main())
