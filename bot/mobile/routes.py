"""All pages under /m/. A citizen's browser gets a page for everything, refusals too."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from bot.mobile import appointments, cases, guides, oauth, page, rating, returning
from bot.mobile.page import PATH, PageRoute
from bot.mobile.session import visitor


def routes() -> APIRouter:
    """Guides and ratings are for everybody; appointments and cases for whom the session tells."""
    router = APIRouter(route_class=PageRoute, include_in_schema=False)
    # Everybody may read these; but a link's token leaves the address there too.
    no_token = [Depends(visitor)]
    router.add_api_route(f"{PATH}/guides", guides.search, methods=["GET"], dependencies=no_token)
    router.add_api_route(f"{PATH}/guides/{{code}}", guides.read_guide, methods=["GET"], dependencies=no_token)
    router.add_api_route(appointments.ADDRESS, appointments.read_appointments, methods=["GET"])
    router.add_api_route(f"{appointments.ADDRESS}/{{number}}/cancel", appointments.ask_cancel, methods=["GET"])
    router.add_api_route(f"{appointments.ADDRESS}/{{number}}/cancel", appointments.cancel, methods=["POST"])
    router.add_api_route(f"{PATH}/cases", cases.read_cases, methods=["GET"])
    router.add_api_route(f"{PATH}/rating", rating.ask_rating, methods=["GET"])
    router.add_api_route(f"{PATH}/rating", rating.rate, methods=["POST"])
    router.add_api_route(oauth.PATH, returning.finish, methods=["GET"])
    router.add_api_route(f"{PATH}/style/{{mark}}.css", page.style, methods=["GET"])
    return router
