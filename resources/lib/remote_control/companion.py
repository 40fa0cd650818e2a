"""What the player answers: the same to a controller in the network and to the server that passes a command on."""
from __future__ import annotations

import logging
import threading
from typing import Callable, Mapping, NamedTuple, Protocol, Tuple

from ..plex_errors import PlexError
from . import commands, limits, timeline
from .commands import BadCommand, Command
from .controllers import ADMITTED, TOO_MANY, Controller, Controllers
from .identity import PlayerIdentity, response
from .subscribers import Subscribers
from .timeline import Timeline

LOG = logging.getLogger('pkc.remote')

_WORDS = {200: 'OK', 400: 'Bad Request', 401: 'Unauthorized', 404: 'Not Found', 429: 'Too Many Requests',
          500: 'Internal Server Error', 501: 'Not Implemented', 503: 'Service Unavailable'}


class Question(NamedTuple):
    """A request. ``path`` are its decoded segments; ``target`` the player that it is for ('': not said)."""

    path: Tuple[str, ...]
    parameters: Mapping[str, str]
    controller: Controller
    target: str = ''
    token: str = ''


class Reply(NamedTuple):
    """Status and body of an answer."""

    status: int
    body: bytes


class Player(Protocol):
    """What plays, and who carries out commands."""

    def now(self) -> Timeline:
        """What plays at this moment."""

    def wait(self, known: Timeline, seconds: float) -> Timeline:
        """As :meth:`now`, as soon as it differs from ``known``, or after so many seconds."""

    def submit(self, command: Command) -> int:
        """Have a command carried out soon; returns the HTTP status for whoever asked for it."""

    def changed(self) -> None:
        """Somebody new wants to be told what plays."""


class Companion:
    """Safe to use from several threads."""

    def __init__(self, identity: PlayerIdentity, controllers: Controllers, subscribers: Subscribers,
                 player: Player) -> None:
        self.identity = identity
        self._controllers = controllers
        self._subscribers = subscribers
        self._player = player
        self._waiting = threading.BoundedSemaphore(limits.MAX_WAITING)

    def answer(self, question: Question) -> Reply:
        """The answer to a request from the network. Only ``/resources``, which GDM tells everybody, needs no proof."""
        if question.path == ('resources',):
            return Reply(200, self.identity.resources())
        if len(question.path) != 3 or question.path[0] != 'player':
            return plain(404)
        if question.target not in ('', self.identity.identifier):
            return plain(404)
        status = self._admission(question)
        return self.obey(question) if status == 200 else plain(status)

    def obey(self, question: Question) -> Reply:
        """The answer to a request of somebody who may ask."""
        _, group, name = question.path
        try:
            command_id = commands.command_id(question.parameters)
            if group == 'timeline':
                return self._timeline(name, question, command_id)
            command = commands.parse(group, name, question.parameters)
        except BadCommand as error:
            return plain(error.status)
        self._subscribers.note(question.controller, command_id)
        LOG.info('%s is asked for', type(command).__name__)
        return plain(self._player.submit(command))

    def subscribed_elsewhere(self) -> None:
        """A controller wants to be told what plays by somebody else, who is told by us."""
        self._player.changed()

    def _admission(self, question: Question) -> int:
        controller = question.controller
        if not 0 < len(controller.identifier) <= limits.MAX_IDENTIFIER or not controller.identifier.isprintable():
            return 401
        single = question.parameters.get('token', '') if question.path[-1] == 'playMedia' else ''
        try:
            verdict = self._controllers.admit(controller, question.token, single)
        except PlexError as error:
            LOG.info('a controller cannot be checked now: %s', error)
            return 503
        if verdict == ADMITTED:
            return 200
        LOG.debug('a controller was refused')
        return 429 if verdict == TOO_MANY else 401

    def _timeline(self, name: str, question: Question, command_id: int) -> Reply:
        actions: Mapping[str, Callable[[Question, int], Reply]] = {
            'subscribe': self._subscribe, 'unsubscribe': self._unsubscribe, 'poll': self._poll}
        action = actions.get(name)
        return action(question, command_id) if action else plain(404)

    def _subscribe(self, question: Question, command_id: int) -> Reply:
        self._subscribers.add(question.controller, commands.port(question.parameters), command_id)
        self._player.changed()
        return plain(200)

    def _unsubscribe(self, question: Question, _command_id: int) -> Reply:
        self._subscribers.remove(question.controller)
        return plain(200)

    def _poll(self, question: Question, command_id: int) -> Reply:
        """With ``wait=1`` the answer comes when something changes, unless too many wait already."""
        self._subscribers.note(question.controller, command_id)
        now = self._player.now()
        if question.parameters.get('wait') == '1' and self._waiting.acquire(blocking=False):
            try:
                now = self._player.wait(now, limits.POLL_SECONDS)
            finally:
                self._waiting.release()
        return Reply(200, timeline.xml(now, self.identity.identifier, command_id))


def plain(status: int) -> Reply:
    """An answer without content."""
    return Reply(status, response(status, _WORDS.get(status, 'Error')))
