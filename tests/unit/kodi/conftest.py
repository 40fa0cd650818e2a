from tests.fakes.fixtures import fake_kodi as fake_kodi
from tests.fakes.fixtures import fake_kodi_19 as fake_kodi_19
