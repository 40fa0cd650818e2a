from tests.fakes.fixtures import fake_kodi, fake_kodi_19  # noqa: F401
