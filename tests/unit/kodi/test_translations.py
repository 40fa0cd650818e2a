"""The six languages have the same texts, with the same placeholders, and fit where the English ones do."""
from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Dict, List, Set

import pytest

from tests.fakes import addon_files
from tools import translations

ENGLISH = {entry.number: entry.english for entry in translations.read(translations.SOURCE)}
#: What stays: formatting, and names of codecs and products.
PLACEHOLDER = re.compile(r'%[sd]|\{\d[^}]*\}|\[/?[A-Z]+(?: \w+)?\]')
#: May be the same as in English: numbers with units, and words that the other language has too.
NUMBERS = re.compile(r'[\d.,]+ ?(?:Mbit/s|kbit/s|p|K|seconds)?|%s: %d [a-z]+ %d|%s \(%s\), %s \w+: %s')
SAME = {
    'de_de': {'Plex Home', 'Plex Media Server', 'Plex', 'HDR', 'Dolby Vision', 'Stereo', 'Genres', 'Extras',
              'Name', 'Problem', 'Status', '%s ms', '%s s'},
    'fr_fr': {'Plex Home', 'Plex Media Server', 'Plex', 'HDR', 'Dolby Vision', 'Intro', 'Synchronisation',
              'Genres', 'Collections', '%s · now', 'Versions', 'Service', '%s ms', '%s s'},
    'es_es': {'Plex Home', 'Plex Media Server', 'Plex', 'HDR', 'Dolby Vision', 'Intro', 'Extras',
              '%s: %d of %d', '%s ms', '%s s'},
    'it_it': {'Plex Home', 'Plex Media Server', 'Plex', 'HDR', 'Dolby Vision', 'Intro', 'Account', 'Stereo',
              'Watchlist', '%s ms', '%s s'},
    'nl_nl': {'Plex Home', 'Plex Media Server', 'Plex', 'HDR', 'Dolby Vision', 'Intro', 'Account', 'Stereo',
              'Later', 'Genres', 'Films', 'Status', 'internet', '%d items', '%s ms', '%s s'},
}
#: So much longer than in English, or so many letters, may a label be: beyond that buttons and lists cut it.
FACTOR, LETTERS = 1.6, 30

every_language = pytest.mark.parametrize('language', translations.LANGUAGES)


def texts_of(language: str) -> Dict[int, str]:
    return {entry.number: entry.text for entry in translations.read(language)}


def helps() -> Set[int]:
    """The ids of the settings' help texts."""
    root = ElementTree.parse(str(addon_files.ROOT / 'resources/settings.xml')).getroot()
    return {int(node.get('help') or 0) for node in root.iter() if node.get('help')}


def labels() -> Set[int]:
    """What stands on buttons, in lists and in the left half of the settings: short, and not a sentence."""
    return {number for number, text in ENGLISH.items() if len(text) <= 40 and not re.search(r'[.?:]$', text)}


@pytest.mark.parametrize('language', (translations.SOURCE, *translations.LANGUAGES))
def test_kodi_can_read_the_file(language: str) -> None:
    content = translations.path_of(language).read_bytes()
    assert not content.startswith(b'\xef\xbb\xbf') and b'\r' not in content
    text = content.decode('utf-8')
    assert '"Language: %s\\n"' % language in text and 'charset=UTF-8' in text
    plurals = 'plural=(n > 1)' if language == 'fr_fr' else 'plural=(n != 1)'
    assert '"Plural-Forms: nplurals=2; %s;\\n"' % plurals in text
    numbers = [int(one) for one in re.findall(r'^msgctxt "#(\d+)"$', text, re.M)]
    assert len(numbers) == len(set(numbers)) == len(translations.read(language)) > 400


@every_language
def test_no_text_is_missing(language: str) -> None:
    """Help texts of settings may be missing but in German: Kodi shows the English ones."""
    gaps = set(translations.missing(language))
    if language not in translations.REQUIRED:
        gaps -= helps()
    assert not gaps, 'python -m tools.translations missing %s' % language


@every_language
def test_the_file_follows_the_english_one(language: str) -> None:
    theirs = translations.read(language)
    assert not translations.outdated(language), 'the English was changed: check, then tools.translations sync'
    order = [number for number in ENGLISH if number in {entry.number for entry in theirs}]
    assert [entry.number for entry in theirs] == order
    assert all(entry.text for entry in theirs)


@every_language
def test_placeholders_are_those_of_the_english_text_in_its_order(language: str) -> None:
    wrong = {number: text for number, text in texts_of(language).items()
             if PLACEHOLDER.findall(text) != PLACEHOLDER.findall(ENGLISH[number])}
    assert not wrong


@every_language
def test_nothing_is_left_in_english(language: str) -> None:
    same = {text for number, text in texts_of(language).items() if text == ENGLISH[number]}
    assert {text for text in same if not NUMBERS.fullmatch(text)} - SAME[language] == set()


@every_language
def test_labels_fit_where_the_english_ones_fit(language: str) -> None:
    found = texts_of(language)
    long = {number: (ENGLISH[number], found[number]) for number in labels() & set(found)
            if len(found[number]) > max(FACTOR * len(ENGLISH[number]), LETTERS)}
    assert not long


@every_language
def test_an_ellipsis_and_a_question_stay_what_they_are(language: str) -> None:
    """An entry with … opens something; a sentence ends like the English one."""
    found = texts_of(language)
    for number, text in found.items():
        for mark in ('…', '?'):
            assert text.endswith(mark) == ENGLISH[number].endswith(mark), text
        assert text == text.strip() and '  ' not in text and '...' not in text


@pytest.mark.parametrize('language', (translations.SOURCE, *translations.LANGUAGES))
def test_kodis_font_has_each_letter(language: str) -> None:
    """The font of its own skin draws a box for arrows, stars, ticks and the like."""
    texts = ENGLISH.values() if language == translations.SOURCE else texts_of(language).values()
    assert {letter for text in texts for letter in text if ord(letter) > 0x17f} - set('…„“”‘’–') == set()


def test_french_never_breaks_a_line_before_a_mark() -> None:
    assert [text for text in texts_of('fr_fr').values() if re.search(r' [?!:;»]|« ', text)] == []


def test_what_is_missing_is_listed_and_added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                             capsys: pytest.CaptureFixture[str]) -> None:
    english = ('# head\nmsgid ""\nmsgstr ""\n\n# Part\n\nmsgctxt "#30000"\nmsgid "One"\nmsgstr ""\n\n'
               'msgctxt "#30001"\nmsgid "The \\"two\\" of %s"\nmsgstr ""\n')
    monkeypatch.setattr(translations, 'FOLDER', tmp_path)
    translations.path_of('en_gb').parent.mkdir()
    translations.path_of('en_gb').write_text(english, encoding='utf-8')
    assert translations.main(['missing', 'fr_fr']) == 1
    printed = capsys.readouterr().out
    assert '30000 One\n30001 The "two" of %s\n' in printed
    lines = tmp_path / 'lines.txt'
    lines.write_text(printed.replace('The "two" of', 'Le "deux" de').replace('One', 'Un'), encoding='utf-8')
    assert translations.main(['add', 'fr_fr', str(lines)]) == 0
    assert translations.main(['missing', 'fr_fr']) == 0
    written = translations.path_of('fr_fr').read_text(encoding='utf-8')
    assert '# Part\n\nmsgctxt "#30000"\nmsgid "One"\nmsgstr "Un"\n' in written
    assert 'msgstr "Le \\"deux\\" de %s"' in written and 'n > 1' in written


def test_a_changed_english_text_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                        capsys: pytest.CaptureFixture[str]) -> None:
    texts: List[str] = ['One', 'Another']
    monkeypatch.setattr(translations, 'FOLDER', tmp_path)
    translations.path_of('en_gb').parent.mkdir()
    for text in texts:
        translations.path_of('en_gb').write_text(
            'head\n\nmsgctxt "#30000"\nmsgid "%s"\nmsgstr ""\n' % text, encoding='utf-8')
        translations.write('de_de', {} if translations.read('de_de') else {30000: 'Eins'})
        if text == 'One':
            assert translations.outdated('de_de') == []
    translations.path_of('en_gb').write_text('head\n\nmsgctxt "#30000"\nmsgid "Third"\nmsgstr ""\n', encoding='utf-8')
    assert translations.outdated('de_de') == [30000]
    assert translations.main(['sync']) == 0
    assert 'de_de: the English of #30000 has changed' in capsys.readouterr().out
    assert translations.outdated('de_de') == []


@pytest.mark.parametrize('line', ['Un texte', '99999 Un texte', '30000'])
def test_a_line_that_is_no_text_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match='not a text'):
        translations.parse(line)


@pytest.mark.parametrize('tag', ['summary', 'description', 'disclaimer'])
def test_kodi_describes_the_add_on_in_each_language(tag: str) -> None:
    """Not ``news``: the schema of kodi-addon-checker allows one, without language."""
    root = ElementTree.parse(str(addon_files.ROOT / 'addon.xml')).getroot()
    codes = {language[:3] + language[3:].upper() for language in (translations.SOURCE, *translations.LANGUAGES)}
    found = {str(node.get('lang')): node.text or '' for node in root.iter(tag)}
    assert set(found) == codes and len(set(found.values())) == len(codes)
    assert set((root.findtext('.//language') or '').split()) == {code[:2] for code in codes}
