from tests.fakes.fixtures import fake_kodi as fake_kodi
