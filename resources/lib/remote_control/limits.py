"""What we accept from the network while remote control is on. Request lines and headers: ``local_server.rules``."""
from __future__ import annotations

from ipaddress import ip_address

#: The TCP port of the player, as other Plex players use it; while it is taken, any free one. GDM tells which.
PORT = 3005
#: Bytes of a request's body, which is never looked at.
MAX_BODY = 4096
#: Connections at a time, each with a thread, and those of one address.
MAX_CONNECTIONS, MAX_OF_ONE_ADDRESS = 16, 6
#: Seconds within which a client must take an answer.
ANSWER_SECONDS = 5.0
#: Parameters of a request, and characters of one value.
MAX_PARAMETERS, MAX_VALUE = 64, 2048
#: Characters of a controller's identifier, and of a token.
MAX_IDENTIFIER, MAX_TOKEN = 255, 2048
#: Controllers that get timelines, and seconds until they must subscribe again (they do so every 30 seconds).
MAX_SUBSCRIBERS, SUBSCRIPTION_SECONDS = 8, 90.0
#: Timelines in a row that a controller may miss.
MAX_MISSED = 3
#: Seconds that a poll for the next change of the timeline may wait, and polls that wait at a time.
POLL_SECONDS, MAX_WAITING = 20.0, 6
#: Commands that wait to be carried out.
MAX_COMMANDS = 16


def in_our_network(address: str) -> bool:
    """Whether an address is of this machine or of a private network."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return parsed.is_private or parsed.is_loopback or parsed.is_link_local
