"""What citizens can do: every kind of message and event, each pushed to the account's callback."""

from __future__ import annotations

from datetime import datetime

from connectors.wechat_standin import messages
from connectors.wechat_standin.sender import PushResult, Sender

__all__ = ["PushResult", "Pusher"]


class Pusher(Sender):
    """Every method pushes once (with repeats) and says what became of it. `at` sets CreateTime. Who is not known yet
    becomes a subscribed user by his first act."""

    async def text(
        self, openid: str, content: str, *, menu_id: str | None = None, at: datetime | None = None
    ) -> PushResult:
        """`menu_id`: he tapped this entry of a msgmenu; `content` is then the entry's words."""
        return await self.push(openid, messages.text(content, menu_id), at)

    async def voice(
        self,
        openid: str,
        recognition: str | None = None,
        *,
        data: bytes = b"#!AMR\n",
        kind: str = "amr",
        at: datetime | None = None,
    ) -> PushResult:
        """`recognition` None: speech recognition is off, so the bot must fetch the sound."""
        media_id = self.platform.add_media(data, f"audio/{kind}")
        return await self.push(openid, messages.voice(media_id, recognition, kind), at)

    async def image(self, openid: str, data: bytes = b"\xff\xd8\xff", *, at: datetime | None = None) -> PushResult:
        media_id = self.platform.add_media(data, "image/jpeg")
        return await self.push(openid, messages.image(media_id, f"http://mmbiz.qpic.cn/{media_id}/0"), at)

    async def video(
        self, openid: str, data: bytes = b"", *, short: bool = False, at: datetime | None = None
    ) -> PushResult:
        ids = self.platform.add_media(data, "video/mp4"), self.platform.add_media(b"\xff\xd8\xff", "image/jpeg")
        return await self.push(openid, messages.video(*ids, short), at)

    async def location(
        self,
        openid: str,
        latitude: float,
        longitude: float,
        label: str = "",
        *,
        scale: int = 16,
        at: datetime | None = None,
    ) -> PushResult:
        """He sends a place from the map; `report_location` is what his telephone tells by itself."""
        return await self.push(openid, messages.location(latitude, longitude, label, scale), at)

    async def link(
        self, openid: str, title: str, url: str, description: str = "", *, at: datetime | None = None
    ) -> PushResult:
        return await self.push(openid, messages.link(title, description, url), at)

    async def subscribe(self, openid: str, scene: str | None = None, *, at: datetime | None = None) -> PushResult:
        """`scene`: he came by a QR code with this parameter."""
        self.platform.add_user(openid).subscribed = True
        by_code = {"Ticket": self._ticket(scene)} if scene else {}
        key = f"qrscene_{scene}" if scene else ""
        return await self.push(openid, messages.event("subscribe", key, **by_code), at)

    async def unsubscribe(self, openid: str, *, at: datetime | None = None) -> PushResult:
        self.platform.add_user(openid).subscribed = False
        return await self.push(openid, messages.event("unsubscribe", ""), at)

    async def scan(self, openid: str, scene: str, *, at: datetime | None = None) -> PushResult:
        """A QR code with parameter: SCAN for a subscriber; anybody else subscribes by it."""
        if not self.platform.add_user(openid).subscribed:
            return await self.subscribe(openid, scene, at=at)
        return await self.push(openid, messages.event("SCAN", scene, Ticket=self._ticket(scene)), at)

    async def click(self, openid: str, key: str, *, at: datetime | None = None) -> PushResult:
        """A menu entry of type click."""
        return await self.push(openid, messages.event("CLICK", key), at)

    async def view(self, openid: str, url: str, *, at: datetime | None = None) -> PushResult:
        """A menu entry of type view; WeChat shows no reply to it."""
        return await self.push(openid, messages.event("VIEW", url, MenuId=401850190), at)

    async def report_location(
        self, openid: str, latitude: float, longitude: float, *, precision: float = 30, at: datetime | None = None
    ) -> PushResult:
        """The event LOCATION, which comes by itself when he opens the conversation."""
        places = {"Latitude": latitude, "Longitude": longitude, "Precision": precision}
        return await self.push(openid, messages.event("LOCATION", **{k: f"{v:.6f}" for k, v in places.items()}), at)

    async def template_sent(
        self, openid: str, message_id: int, status: str = "success", *, at: datetime | None = None
    ) -> PushResult:
        """The event TEMPLATESENDJOBFINISH; `status`: success, failed:user block, failed:system failed."""
        return await self.push(openid, messages.event("TEMPLATESENDJOBFINISH", MsgID=message_id, Status=status), at)

    def _ticket(self, scene: str) -> str:
        """Of the code that was made for this scene, otherwise of one made elsewhere."""
        codes = self.platform.qr_codes.values()
        return next((code.ticket for code in codes if code.scene == scene), f"gQ-standin-{scene}")
