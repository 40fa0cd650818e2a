"""What the last syncs did, in words."""
from __future__ import annotations

from typing import Any, Callable, List, Mapping, Sequence

from ...kodi.moments import date_and_time
from ...kodi.texts import library as texts
from ...kodi.texts import library_tables as table_texts
from ..numbers import decimal

Text = Callable[..., str]

_REASONS = {'start': texts.RUN_REASON_START, 'timer': texts.RUN_REASON_TIMER, 'user': texts.RUN_REASON_USER,
            'retry': texts.RUN_REASON_RETRY, 'full_check': texts.RUN_REASON_FULL_CHECK}


def history(runs: Sequence[Mapping[str, Any]], text: Text) -> str:
    """All runs, newest first, for Kodi's text window: the first in full, the others in a line each; '' for none."""
    if not runs:
        return ''
    parts = [words(runs[0], text)]
    if len(runs) > 1:
        parts.append('[CR][B]%s[/B]' % text(texts.RUNS_BEFORE))
        parts += [_line(run, text) for run in runs[1:]]
    return '[CR]'.join(parts)


def words(run: Mapping[str, Any], text: Text) -> str:
    """A run as :class:`SyncHistory` keeps it, in Kodi's language."""
    counts = tuple(_count(run, name) for name in ('added', 'changed', 'watched', 'removed'))
    return '[CR]'.join([text(
        texts.REPORT_BODY, _headed(run), _reason(run, text), seconds(run, text), *counts,
        _count(run, 'unchanged') + _count(run, 'rewritten'), _count(run, 'requests'),
        decimal(_count(run, 'received') / 1e6, text))] + _trouble(run, text))


def summary(run: Mapping[str, Any], text: Text) -> str:
    """A run in some words, for the settings."""
    return '%s: %s' % (_headed(run), _outcome(run, text))


def _moment(run: Mapping[str, Any]) -> str:
    finished = run.get('finished_at')
    return date_and_time(finished) if isinstance(finished, (int, float)) and finished else str(run.get('finished', ''))


def _line(run: Mapping[str, Any], text: Text) -> str:
    line = text(texts.RUN_LINE, _headed(run), _reason(run, text), seconds(run, text), _counts(run, text))
    return '[CR]'.join([line] + ['    ' + trouble for trouble in _trouble(run, text)])


def _headed(run: Mapping[str, Any]) -> str:
    """When it ended, and of which server it was where several are chosen."""
    return ', '.join(word for word in (_moment(run), str(run.get('server_name', ''))) if word)


def _outcome(run: Mapping[str, Any], text: Text) -> str:
    if run.get('error'):
        return text(texts.REPORT_ERROR, str(run['error']))
    return text(texts.RUN_CANCELLED) if run.get('cancelled') else _counts(run, text)


def _counts(run: Mapping[str, Any], text: Text) -> str:
    counts = (_count(run, 'added'), _count(run, 'changed') + _count(run, 'watched'), _count(run, 'removed'))
    return text(texts.SYNC_DONE) if run.get('complete') and not any(counts) else text(texts.RUN_SUMMARY, *counts)


def _trouble(run: Mapping[str, Any], text: Text) -> List[str]:
    skipped = run.get('skipped')
    lines = [text(texts.REPORT_SKIPPED, count, reason) for reason, count in sorted(skipped.items())
             if isinstance(count, int)] if isinstance(skipped, dict) else []
    if _count(run, 'replaced_texts'):
        lines.append(text(table_texts.REPORT_LETTERS, _count(run, 'replaced_texts')))
    if run.get('cancelled'):
        lines.append(text(texts.RUN_CANCELLED))
    if run.get('error'):
        lines.append(text(texts.REPORT_ERROR, str(run['error'])))
    return lines


def _reason(run: Mapping[str, Any], text: Text) -> str:
    return text(_REASONS.get(str(run.get('reason')), texts.RUN_REASON_TIMER))


def seconds(run: Mapping[str, Any], text: Text) -> str:
    """How long it took, with one decimal."""
    took = run.get('seconds')
    return decimal(took if isinstance(took, (int, float)) else 0.0, text)


def skipped(run: Mapping[str, Any]) -> int:
    """The number of items that could not be taken over."""
    reasons = run.get('skipped')
    return sum(count for count in reasons.values() if isinstance(count, int)) if isinstance(reasons, dict) else 0


def _count(run: Mapping[str, Any], name: str) -> int:
    value = run.get(name)
    return int(value) if isinstance(value, (int, float)) else 0
