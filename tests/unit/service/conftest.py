from tests.fakes.fixtures import fake_kodi as fake_kodi
from tests.unit.service.account.flow_environment import flow_env as flow_env
from tests.unit.service.library.sync_thread_environment import thread_env as thread_env
