"""GDM: the simulated PMS answers searches for servers in the network (UDP)."""

from __future__ import annotations

import asyncio
from typing import Any

from tools.plexsim.config import SimConfig
from tools.plexsim.http.addresses import Addresses


class Gdm(asyncio.DatagramProtocol):
    """Answers ``M-SEARCH`` as a PMS does. ``asked`` counts the searches, ``heard`` are players that said hello."""

    def __init__(self, config: SimConfig, addresses: Addresses, heard: dict[str, dict[str, str]]) -> None:
        self.config = config
        self.addresses = addresses
        self.heard = heard
        self.asked = 0
        self.address: tuple[str, int] = ("", 0)
        self._transport: Any = None

    async def listen(self) -> None:
        """Open the port."""
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(self.config.host, 0))
        self.address = self._transport.get_extra_info("sockname")[:2]

    def close(self) -> None:
        """Close the port."""
        if self._transport is not None:
            self._transport.close()

    def datagram_received(self, data: bytes, addr: Any) -> None:
        """Answer a search; note a player."""
        if data.startswith((b"HELLO ", b"BYE ")):
            self._note(data, str(addr[0]))
        if not data.startswith(b"M-SEARCH * HTTP/1."):
            return
        self.asked += 1
        config = self.config
        for lines in (
            ["HTTP/1.0 200 OK", "Content-Type: plex/media-player", "Resource-Identifier: a-player", "Port: 36000"],
            [
                "HTTP/1.0 200 OK",
                "Content-Type: plex/media-server",
                "Host: " + config.gdm_host,
                "Name: " + config.server_name,
                "Port: " + self.addresses.pms.rpartition(":")[2],
                "Resource-Identifier: " + config.machine_identifier,
                f"Updated-At: {config.clock.stamp()}",
                "Version: " + config.version,
            ],
        ):
            self._transport.sendto("\r\n".join([*lines, "", ""]).encode("utf-8"), addr)

    def _note(self, data: bytes, host: str) -> None:
        """Remember or forget the player that sent this."""
        first, *lines = data.decode("utf-8", "replace").splitlines()
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        identifier = fields.get("resource-identifier", "")
        if fields.get("content-type") != "plex/media-player" or not identifier:
            return
        if first.startswith("BYE"):
            self.heard.pop(identifier, None)
            return
        self.heard[identifier] = {
            "name": fields.get("name", ""),
            "host": host,
            "address": host,
            "port": fields.get("port", ""),
            "machineIdentifier": identifier,
            "version": fields.get("version", ""),
            "protocol": fields.get("protocol", ""),
            "product": fields.get("product", ""),
            "deviceClass": fields.get("device-class", ""),
            "protocolVersion": fields.get("protocol-version", ""),
            "protocolCapabilities": fields.get("protocol-capabilities", ""),
        }
