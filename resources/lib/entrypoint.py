"""The plugin: one short run for each ``plugin://plugin.video.plexkodiconnect/…`` call, and the context menu.

It has no state and no secrets; the service does the work and answers over the loopback server. The user waits for all
imports at the top of this module.
"""
from __future__ import annotations

from . import item_url
from .local_server.client import ServiceError, ServiceUnavailable
from .plugin import routes
from .plugin.call import Call

TYPE_CHECKING = False  # typing itself is slow to import, and each call of the plugin pays for it
if TYPE_CHECKING:
    from typing import Any, Sequence


def run(argv: Sequence[str]) -> None:
    """Answer one call of Kodi. ``argv``: see :class:`.plugin.call.Call`."""
    call = Call(argv)
    try:
        routes.find(call.path, call.query).handler()(call)
    except (ServiceUnavailable, ServiceError) as error:
        _tell_error(call, error)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        _tell_error(call, ServiceError('error', '%s: %s' % (type(error).__name__, error)))


def context_menu(item: Any) -> None:
    """The context menu: let the user choose an action of Plex for ``item``."""
    from .plugin import context
    call = Call([item_url.BASE + 'context'])
    try:
        context.show(call, item)
    except (ServiceUnavailable, ServiceError) as error:
        _tell_error(call, error)


def _tell_error(call: Call, error: Exception) -> None:
    """Show the error to the user, and end the call so that Kodi does not wait."""
    from .kodi import dialogs, listitem, texts
    from .kodi.texts import errors as error_texts
    text_id = error_texts.SERVICE_NOT_RUNNING
    if isinstance(error, ServiceError):
        text_id = error_texts.SERVER_UNREACHABLE if error.key == 'timeout' else texts.by_name(error.key)
    # Why a server does not convert something, it says itself.
    words = error.detail if isinstance(error, ServiceError) and error.key == 'transcode_refused' else ''
    dialogs.notify(call.addon.name, words or call.addon.text(text_id), True, call.addon.icon)
    if call.handle < 0:
        return
    if call.path.startswith('play/'):
        listitem.fail_resolve(call.handle)
    else:
        listitem.end_with_failure(call.handle)
