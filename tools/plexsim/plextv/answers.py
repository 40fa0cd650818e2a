"""Reading request bodies and making answers of plex.tv."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

from tools.plexsim.accounts.errors import PlexTvError
from tools.plexsim.formats import xml_text
from tools.plexsim.http.messages import Answer, Request, json_answer

XML = "application/xml; charset=utf-8"


def form(request: Request) -> dict[str, Any]:
    """Return the fields of a JSON or form body, with the query's as a default. Raises PlexTvError(400)."""
    result: dict[str, Any] = dict(request.values)
    if "json" in request.headers.get("Content-Type", ""):
        try:
            body = json.loads(request.body or b"{}")
        except ValueError:
            raise PlexTvError(400, 1000, "malformed JSON") from None
        if isinstance(body, dict):
            result.update(body)
    else:
        result.update(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))
    return result


def answer(request: Request, name: str, value: Any, status: int = 200) -> Answer:
    """Return JSON when accepted, else XML with the root element ``name``."""
    return json_answer(value, status) if request.wants_json else xml_answer(name, value, status)


def xml_answer(name: str, value: dict[str, Any], status: int = 200) -> Answer:
    """Return XML with the root element ``name``, whatever the Accept header."""
    return Answer(status, [xml_text.document(name, value)], XML)


def error(request: Request, status: int, code: int, message: str) -> Answer:
    """Return Plex's error object."""
    rows = [{"code": code, "message": message, "status": status}]
    if request.wants_json:
        return json_answer({"errors": rows}, status)
    return xml_answer("errors", {"error": rows}, status)
