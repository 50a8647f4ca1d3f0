"""Where citizens reach our pages from outside."""

from __future__ import annotations

from fastapi import Request

from bot.desk import Desk


def base_url(desk: Desk, request: Request | None = None) -> str:
    """WENBAN_BASE_URL; without it the address of the request in hand, or, in a dialogue, where the app listens.
    No slash at its end."""
    asked = str(request.base_url) if request else f"http://{desk.settings.host}:{desk.settings.port}"
    return (desk.settings.base_url or asked).rstrip("/")
