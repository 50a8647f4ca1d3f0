"""Settings: environment variables WENBAN_*, documented in docs/settings.md. No secret has a default."""

from __future__ import annotations

import hashlib
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from knowledge.encoder.prepare import encoder_mark

ROOT = Path(__file__).resolve().parents[1]


class SettingsError(Exception):
    """A setting has a value that cannot be used; the message names the variable."""


class Settings(BaseSettings):
    """One instance a process. Paths are absolute; relative ones count from the project's folder."""

    model_config = SettingsConfigDict(env_prefix="WENBAN_", frozen=True, env_ignore_empty=True)

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    data_dir: Path = Path("var")
    database_url: str | None = None
    redis_url: str | None = None
    rasa_url: str | None = None
    rasa_token: str | None = None
    rasa_python: Path = Path(".venv-rasa/bin/python")
    actions_url: str | None = None
    encoder: str = "packed-e5"
    encoder_threads: int = Field(default=1, ge=1, le=64)
    knowledge_dir: Path = Path("knowledge/data")
    data_key: str | None = None
    worker: bool = True
    base_url: str | None = None
    gateway_url: str | None = None
    gateway_secret: str | None = Field(default=None, repr=False)
    oidc_issuer: str | None = None
    oidc_client_id: str | None = None
    oidc_client_secret: str | None = Field(default=None, repr=False)
    oidc_redirect_url: str | None = None
    wechat_app_id: str | None = None
    wechat_app_secret: str | None = Field(default=None, repr=False)
    wechat_token: str | None = Field(default=None, repr=False)
    wechat_aes_key: str | None = Field(default=None, repr=False)
    wechat_mode: Literal["plain", "compatible", "encrypted"] = "encrypted"
    wechat_api_url: str = "https://api.weixin.qq.com"
    wechat_open_url: str = "https://open.weixin.qq.com"
    context_minutes: int = Field(default=30, ge=1, le=24 * 60)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @cached_property
    def data(self) -> Path:
        return ROOT / self.data_dir

    @cached_property
    def knowledge(self) -> Path:
        return ROOT / self.knowledge_dir

    @cached_property
    def rules(self) -> Path:
        """The hall's own rules for deeds."""
        return self.knowledge / "deeds"

    @cached_property
    def database(self) -> str:
        """SQLAlchemy URL; by default SQLite in the data folder."""
        return self.database_url or f"sqlite:///{self.data / 'wenban.sqlite3'}"

    @cached_property
    def encoder_folder(self) -> Path:
        return self.data / "encoder" / "packed-e5"

    @cached_property
    def vectors_file(self) -> Path:
        """The vectors of all names, of this encoder."""
        mark = hashlib.sha256(encoder_mark(self.encoder).encode()).hexdigest()[:16]
        return self.data / "vectors" / f"{mark}.npz"

    @cached_property
    def model_folder(self) -> Path:
        """Where trained Rasa models lie."""
        return self.data / "rasa-models"

    @cached_property
    def actions_address(self) -> str:
        """Where Rasa finds the custom actions; the app itself unless set."""
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::", "localhost"} else self.host
        return self.actions_url or f"http://{f'[{host}]' if ':' in host else host}:{self.port}/rasa/actions"


def load_settings() -> Settings:
    """Settings from the environment; raises SettingsError in plain words."""
    try:
        return Settings()
    except ValidationError as error:
        lines = [f"WENBAN_{'_'.join(str(p) for p in e['loc']).upper()}: {e['msg']}" for e in error.errors()]
        raise SettingsError("; ".join(lines)) from error
