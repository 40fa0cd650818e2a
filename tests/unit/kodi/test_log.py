from __future__ import annotations

import logging

from resources.lib.kodi import dialogs, log, settings
from resources.lib.redaction import REDACTOR, Redactor
from tests.fakes import FakeKodi, xbmc

TOKEN = 'aBcD3fGh1jKlMn0pQr5t'


def test_tracebacks_are_redacted(fake_kodi: FakeKodi) -> None:
    log.install('plugin.x', False)
    try:
        try:
            raise ValueError('first X-Plex-Token=%s' % TOKEN)
        except ValueError as error:
            raise OSError('then https://192.168.1.4:32400/?X-Plex-Token=%s' % TOKEN) from error
    except OSError:
        logging.getLogger('pkc.test').exception('failed for %s', 'jane@example.com')
    level, text = fake_kodi.log[-1]
    assert level == xbmc.LOGERROR
    assert 'Traceback' in text
    assert 'ValueError' in text
    for secret in (TOKEN, '192.168', 'jane'):
        assert secret not in text


def test_levels_reach_kodi(fake_kodi: FakeKodi) -> None:
    log.install('plugin.x', False)
    logger = logging.getLogger('pkc.test')
    for level in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR, logging.CRITICAL):
        logger.log(level, 'x')
    assert [level for level, _ in fake_kodi.log] == [xbmc.LOGINFO, xbmc.LOGWARNING, xbmc.LOGERROR, xbmc.LOGFATAL]
    assert fake_kodi.log[0][1] == '[plugin.x] pkc.test: x'


def test_a_detailed_log_shows_debug_lines_once(fake_kodi: FakeKodi) -> None:
    log.install('plugin.x', False)
    log.install('plugin.x', True)
    logging.getLogger('pkc.test').debug('detail')
    assert [text for _, text in fake_kodi.log] == ['[plugin.x] pkc.test: detail']


def test_a_wrong_log_call_does_not_end_its_thread(fake_kodi: FakeKodi) -> None:
    handler = log.KodiHandler('plugin.x', Redactor())
    handler.handle(logging.LogRecord('pkc.test', logging.INFO, __file__, 1, '%d items', ('many',), None))
    assert 'cannot format' in fake_kodi.log[-1][1]


def test_hiding_a_value_works_in_the_log(fake_kodi: FakeKodi) -> None:
    log.install('plugin.x', False)
    REDACTOR.hide('loopback-secret')
    logging.getLogger('pkc.test').info('got loopback-secret')
    assert fake_kodi.log[-1][1].endswith('got <secret>')


def test_what_kodi_cannot_write_does_not_end_a_thread(fake_kodi: FakeKodi) -> None:
    record = logging.LogRecord('pkc.test', logging.INFO, __file__, 1, 'half a pair %s, nothing %s',
                               ('\ud83d', '\0'), None)
    log.KodiHandler('plugin.x', Redactor()).emit(record)  # not through a logger: pytest cannot pass it on either
    text = fake_kodi.log[-1][1]
    assert text.encode('utf-8')
    assert '\0' not in text


def test_a_typed_pin_and_the_token_of_an_older_version_are_hidden(fake_kodi: FakeKodi) -> None:
    fake_kodi.answer('6284')
    assert dialogs.number_input('PIN', hidden=True) == '6284'
    assert '6284' not in REDACTOR('the PIN 6284')
    fake_kodi.write_settings(dict(fake_kodi.read_settings(), plex_client_Id='x', plexToken='word-of-version-three'))
    assert settings.old_sign_in() is not None
    assert 'version-three' not in REDACTOR('word-of-version-three')
