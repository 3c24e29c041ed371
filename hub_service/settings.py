"""How a hub is run: where its data lies, where the broker is, how it is reached. Bounds are checked at the start."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, ValidationError

from hub_service.store.location import DATABASE as DATABASE
from hub_service.store.location import Server, locate

Port = Annotated[int, Field(ge=0, le=65_535)]


class SettingsError(Exception):
    """The settings can't be used; the text names the option and what is wrong with it."""


class Settings(BaseModel):
    """All options of `hub run`. Port 0 takes a free one; an empty public URL is that of the port."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    data_dir: Path
    host: str = "127.0.0.1"
    port: Port = 8000
    public_url: str = ""
    broker_host: str = "127.0.0.1"
    broker_port: Port = 1883
    broker_username: str = ""
    broker_password_file: Path | None = None
    demo: bool = False
    demo_links: Path | None = None
    allow_private_webhooks: bool = False
    home_assistant: bool = False

    broker_shared: bool = False
    broker_qos: Literal[0, 1] = 1
    keep_events_months: int = Field(default=0, ge=0, le=1200)

    @property
    def database(self) -> Path | Server:
        """Where the database is; raises StoreError."""
        return locate(self.data_dir)


def checked(**options: object) -> Settings:
    """The settings of these options; raises SettingsError."""
    try:
        settings = Settings.model_validate({name: value for name, value in options.items() if value is not None})
        if settings.public_url:
            HttpUrl(settings.public_url)
    except ValidationError as error:
        raise SettingsError(
            "; ".join(f"{'.'.join(map(str, one['loc'])) or 'public_url'}: {one['msg']}" for one in error.errors())
        ) from error
    return settings
