"""The report of the last sync in words."""
from __future__ import annotations

import json
import os
from typing import Any, Callable, Dict

from ..kodi import texts

Text = Callable[..., str]


def read(path: str, text: Text) -> str:
    """What the report in this file says, for Kodi's text window; '' when there is none yet."""
    if not os.path.exists(path):
        return ''
    try:
        with open(path, encoding='utf-8') as stream:
            report = json.load(stream)
    except (OSError, ValueError):
        return ''
    return words(report, text) if isinstance(report, dict) else ''


def words(report: Dict[str, Any], text: Text) -> str:
    """A report as :meth:`SyncReport.as_dict` gives it, in Kodi's language."""
    counts = tuple(int(report.get(name) or 0) for name in (
        'added', 'changed', 'watched', 'removed', 'unchanged', 'requests'))
    lines = [text(texts.REPORT_BODY, str(report.get('finished', '')), '%.1f' % float(report.get('seconds') or 0),
                  *counts, '%.1f' % (float(report.get('received') or 0) / 1e6))]
    lines += [text(texts.REPORT_SKIPPED, count, reason) for reason, count in sorted(
        (report.get('skipped') or {}).items())]
    if report.get('error'):
        lines.append(text(texts.REPORT_ERROR, str(report['error'])))
    return '[CR]'.join(lines)
