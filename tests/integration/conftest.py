from tests.fakes.fixtures import fake_kodi  # noqa: F401
