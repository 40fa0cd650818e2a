"""The status page is filled by parts that do not know each other, and by no broken one."""
from __future__ import annotations

import threading
from typing import List

from resources.lib.service.status_board import Group, StatusBoard, StatusLine, as_dict


def test_paragraphs_have_their_order_whoever_comes_first() -> None:
    board = StatusBoard()
    board.add(Group.VERSIONS, lambda: [StatusLine('Kodi', '20')])
    board.add(Group.ACCOUNT, lambda: [StatusLine('User', 'Ann')])
    board.add(Group.SERVER, lambda: [StatusLine('Name', 'Attic')])
    board.add(Group.SERVER, lambda: [StatusLine('Changes', 'none', True)])
    found = board.read()
    assert list(found) == [Group.ACCOUNT, Group.SERVER, Group.VERSIONS]
    assert [line.label for line in found[Group.SERVER]] == ['Name', 'Changes']
    assert as_dict(found[Group.SERVER][1]) == {'label': 'Changes', 'value': 'none', 'trouble': True}


def test_a_broken_part_and_one_with_nothing_to_say_leave_the_others() -> None:
    board = StatusBoard()

    def broken() -> List[StatusLine]:
        raise ValueError('defect')
    board.add(Group.SERVER, broken)
    board.add(Group.WAITING, lambda: ())
    board.add(Group.ACCOUNT, lambda: [StatusLine('User', 'Ann')])
    assert list(board.read()) == [Group.ACCOUNT]


def test_it_is_measured_once_at_a_time_and_again_after_a_defect() -> None:
    board = StatusBoard()
    measured: List[int] = []
    go_on, begun = threading.Event(), threading.Event()

    def measure() -> None:
        measured.append(1)
        begun.set()
        assert go_on.wait(20)
        raise ValueError('defect')
    board.add_measure(measure)
    board.measure()
    assert begun.wait(20)
    board.measure()
    go_on.set()
    _end()
    assert len(measured) == 1
    board.measure()
    _end()
    assert len(measured) == 2


def _end() -> None:
    for thread in threading.enumerate():
        if thread.name == 'pkc-status':
            thread.join(20)
            assert not thread.is_alive()
