from tests.fakes.fixtures import fake_kodi  # noqa: F401
from tests.unit.service.sofa import sofa  # noqa: F401
from tests.unit.service.sync_box import box  # noqa: F401
