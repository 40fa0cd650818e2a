"""Every failure that can reach the user has a text that says what to do."""
from __future__ import annotations

import errno
from typing import Any

import pytest

from resources.lib.auth import errors as auth_errors
from resources.lib.kodi import texts
from resources.lib.kodi.texts import account as account_texts
from resources.lib.kodi.texts import errors as error_texts
from resources.lib.kodi_db.errors import DatabaseMissing, SchemaUnknown
from resources.lib.playback import errors as playback_errors
from resources.lib.plex_errors import (
    PlexBadAnswer,
    PlexCancelled,
    PlexConnectionError,
    PlexError,
    PlexForbidden,
    PlexNotFound,
    PlexRateLimited,
    PlexServerError,
    PlexTokenExpired,
    PlexUnauthorized,
)
from resources.lib.service.error_texts import sign_in_text_name, text_name
from resources.lib.sql.errors import DatabaseDamaged, DatabaseLocked, DiskFull
from tests.fakes import FakeKodi


@pytest.mark.parametrize(('error', 'text_id'), [
    (PlexConnectionError('x'), error_texts.SERVER_UNREACHABLE), (PlexServerError(503, 'x'), error_texts.SERVER_BUSY),
    (PlexUnauthorized(401, 'x'), error_texts.SERVER_REFUSED), (PlexTokenExpired(498, 'x'), error_texts.SERVER_REFUSED),
    (PlexForbidden(403, 'x'), error_texts.NOT_ALLOWED), (PlexNotFound(404, 'x'), error_texts.ITEM_GONE),
    (PlexRateLimited(429, 'x'), error_texts.TOO_MANY_REQUESTS), (PlexBadAnswer('x'), error_texts.BAD_ANSWER),
    (PlexCancelled('x'), error_texts.CANCELLED), (DatabaseLocked('x'), error_texts.DATABASE_BUSY),
    (DatabaseMissing('x'), error_texts.DATABASE_MISSING), (SchemaUnknown('x'), error_texts.DATABASE_UNKNOWN),
    (DatabaseDamaged('x'), error_texts.DATABASE_DAMAGED),
    (DiskFull('x'), error_texts.DISK_FULL), (OSError(errno.ENOSPC, 'x'), error_texts.DISK_FULL),
    (auth_errors.NotSignedIn(), error_texts.NOT_SIGNED_IN), (auth_errors.NoServerChosen(), error_texts.NO_SERVER),
    (auth_errors.UnknownServer(), error_texts.NO_SERVER), (auth_errors.NeedsSecondPin(), account_texts.SECOND_SIGN_IN),
    (auth_errors.ServerRefused(), error_texts.SERVER_REFUSED),
    (auth_errors.ServerUnreachable(), error_texts.SERVER_UNREACHABLE),
    (auth_errors.WrongUser(), error_texts.SIGN_IN_FAILED),
    (auth_errors.SigningUnavailable(), error_texts.MODULE_MISSING),
    (auth_errors.SignInAgain('device_revoked'), error_texts.SIGN_IN_AGAIN),
    (auth_errors.SignInAgain('key_lost'), error_texts.KEY_LOST),
    (playback_errors.NotPlayable(), error_texts.PLAYBACK_FAILED), (playback_errors.ItemGone(), error_texts.ITEM_GONE),
    (playback_errors.FileMissing(), error_texts.ITEM_UNAVAILABLE),
    (playback_errors.FileInaccessible(), error_texts.ITEM_UNAVAILABLE),
    (playback_errors.UnknownServer(), error_texts.NO_SERVER)])
def test_each_problem_has_its_own_words(fake_kodi: FakeKodi, error: Exception, text_id: int) -> None:
    assert texts.by_name(text_name(error)) == text_id
    assert fake_kodi.text(text_id)


@pytest.mark.parametrize('error', [PlexError('x'), RuntimeError('x'), OSError(errno.EIO, 'x'), KeyError('x')])
def test_what_nobody_foresaw_is_an_error_without_details(fake_kodi: FakeKodi, error: Exception) -> None:
    assert texts.by_name(text_name(error)) == error_texts.ERROR and fake_kodi.text(error_texts.ERROR)


def _classes(module: Any) -> Any:
    return [kind for kind in vars(module).values() if isinstance(kind, type) and kind.__module__ == module.__name__]


@pytest.mark.parametrize('kind', _classes(auth_errors) + _classes(playback_errors))
def test_no_class_of_errors_was_forgotten(kind: Any) -> None:
    error = kind('key_lost') if kind is auth_errors.SignInAgain else kind()
    assert texts.by_name(text_name(error)) != error_texts.ERROR


@pytest.mark.parametrize('key', ['device_revoked', 'key_lost', 'plex_tv_unreachable', 'second_pin_needed'])
def test_the_sign_ins_own_problems_have_texts(key: str) -> None:
    assert texts.by_name(sign_in_text_name(key)) != error_texts.ERROR
    assert sign_in_text_name('') == ''
