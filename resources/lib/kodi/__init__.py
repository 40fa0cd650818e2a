"""Kodi's Python API: no other package imports Kodi's modules.

``addon`` (texts, versions, folders), ``settings``, ``dialogs``, ``windows``, ``texts`` (ids of texts), ``player`` and
``monitor`` (Kodi's events), ``jsonrpc``, ``listitem``, ``log``.
"""
