from tests.fakes.fixtures import fake_kodi  # noqa: F401
from tests.unit.service.account.flow_environment import flow_env  # noqa: F401
from tests.unit.service.library.sync_thread_environment import thread_env  # noqa: F401
