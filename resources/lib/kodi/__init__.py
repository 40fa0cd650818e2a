"""Everything of Kodi's API: the only room that imports Kodi's modules.

``addon`` (texts, versions, folders), ``settings``, ``dialogs`` and ``windows`` (what is shown), ``texts`` (ids of what
is said), ``player`` and ``monitor`` (what Kodi tells), ``jsonrpc``, ``listitem``, ``log``.
"""
