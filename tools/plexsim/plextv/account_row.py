"""Account and user objects in plex.tv's answers."""

from __future__ import annotations

from typing import Any

from tools.plexsim.accounts.accounts import User
from tools.plexsim.http.addresses import Addresses


def picture_url(user: User, addresses: Addresses) -> str:
    """Return the URL of a user's picture."""
    return f"{addresses.plex_tv}/users/{user.uuid}/avatar"


def account_row(user: User, token: str, home_size: int, addresses: Addresses) -> dict[str, Any]:
    """Return the account object of a user with a token; ``home_size`` is the number of users in the home."""
    return {
        "id": user.id,
        "uuid": user.uuid,
        "username": user.username,
        "title": user.title,
        "email": user.email,
        "friendlyName": user.title,
        "locale": "en",
        "confirmed": True,
        "joinedAt": 1_400_000_000,
        "emailOnlyAuth": False,
        "hasPassword": True,
        "protected": bool(user.pin),
        "thumb": picture_url(user, addresses),
        "authToken": token,
        "mailingListStatus": "unsubscribed",
        "mailingListActive": False,
        "scrobbleTypes": "",
        "country": "US",
        "subscription": {
            "active": True,
            "subscribedAt": "2020-01-01 00:00:00 UTC",
            "status": "Active",
            "paymentService": "braintree",
            "plan": "lifetime",
            "features": ["home", "sync", "dvr"],
        },
        "subscriptionDescription": "Lifetime",
        "restricted": user.restricted,
        "anonymous": False,
        "home": user.in_home,
        "guest": user.guest,
        "homeSize": home_size,
        "homeAdmin": user.admin,
        "maxHomeSize": 15,
        "rememberExpiresAt": 1_900_000_000,
        "entitlements": [],
        "roles": ["plexpass"],
        "services": [],
        "profile": {
            "autoSelectAudio": True,
            "defaultAudioLanguage": "en",
            "defaultSubtitleLanguage": "en",
            "autoSelectSubtitle": 0,
            "defaultSubtitleAccessibility": 0,
            "defaultSubtitleForced": 0,
        },
        "adsConsent": None,
        "adsConsentSetAt": None,
        "adsConsentReminderAt": None,
        "experimentalFeatures": False,
        "twoFactorEnabled": False,
        "backupCodesCreated": False,
        "attributionPartner": None,
    }


def home_row(user: User, addresses: Addresses) -> dict[str, Any]:
    """Return the home user object of a user."""
    row: dict[str, Any] = {
        "id": user.id,
        "uuid": user.uuid,
        "admin": user.admin,
        "guest": user.guest,
        "restricted": user.restricted,
        "hasPassword": bool(user.username),
        "protected": bool(user.pin),
        "title": user.title,
        "username": user.username,
        "email": user.email,
        "thumb": picture_url(user, addresses),
    }
    if user.restricted:
        row["restrictionProfile"] = "little_kid"
    return row
