"""What a server answers about conversions."""
from __future__ import annotations

from typing import Any, Dict

import pytest

from resources.lib.plex_transcode import Decision, ended_by_server, read_decision

RECORDED = {
    'generalDecisionCode': 1001, 'generalDecisionText': 'Direct play not available; Conversion OK.',
    'transcodeDecisionCode': 1001, 'directPlayDecisionCode': 3000, 'Metadata': [{'Media': [
        {'id': '1', 'bitrate': 99},
        {'id': '2', 'selected': True, 'bitrate': 3538, 'videoResolution': '720p', 'Part': [
            {'selected': True, 'Stream': [{'streamType': 1, 'decision': 'transcode'},
                                          {'streamType': 2, 'decision': 'copy'}]}]}]}]}


def test_a_recorded_answer() -> None:
    assert read_decision(RECORDED) == Decision(1001, 'Direct play not available; Conversion OK.', 3538, '720p',
                                               'transcode', 'copy')
    assert read_decision(RECORDED).possible


@pytest.mark.parametrize(('answer', 'possible', 'words'), [
    ({'generalDecisionCode': '2000', 'generalDecisionText': 'Neither.', 'transcodeDecisionText': 'No DoVi.'}, False,
     'No DoVi.'),
    ({'generalDecisionCode': 2006, 'generalDecisionText': 'Not enough bandwidth.'}, False, 'Not enough bandwidth.'),
    ({'transcodeDecisionCode': 4001}, False, ''), ({}, False, ''), ({'Metadata': [{}]}, True, ''),
    ({'generalDecisionCode': 'x', 'Metadata': [{'Media': 'y'}]}, True, ''),
    ({'generalDecisionCode': 1000}, True, '')])
def test_yes_or_no_and_why(answer: Dict[str, Any], possible: bool, words: str) -> None:
    found = read_decision(answer)
    assert (found.possible, found.text) == (possible, words)


@pytest.mark.parametrize(('answer', 'words'), [
    ({'size': 0}, ''), ({'terminationCode': 2006, 'terminationText': ' Go \n away '}, 'Go away'),
    ({'terminationCode': 2006}, '2006'), ({'terminationText': 'x' * 1000}, 'x' * 300)])
def test_the_words_of_the_end(answer: Dict[str, Any], words: str) -> None:
    assert ended_by_server(answer) == words
