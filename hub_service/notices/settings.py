"""How notices leave the hub (`notices.toml` in the data folder): mail server, services, quiet hours, reminders."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

FILE = "notices.toml"
Hour = Annotated[int, Field(ge=0, le=23)]


class NoticeSettingsError(Exception):
    """The file can't be used; the text names the option and what is wrong with it."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class MailServer(_Section):
    """The server that takes mails. `security` is what the provider says: `tls` (465), `starttls` (587) or `none`."""

    host: str
    port: Annotated[int, Field(ge=1, le=65_535)] = 465
    security: Literal["tls", "starttls", "none"] = "tls"
    sender: Annotated[str, Field(pattern=r"@")]
    username: str = ""
    password_file: Path | None = None


class Service(_Section):
    """One of Apprise's services for one channel. The URL holds secrets, so it lies in a file of its own.

    People are reached by telephone number (`sms`) or mail address (`email`); there is no third kind of contact.
    """

    channel: Literal["sms", "email"]
    url_file: Path


class QuietHours(_Section):
    """When nothing may ring: from one full hour to another, by the clock of `zone`."""

    from_hour: Hour = 21
    until_hour: Hour = 8


class NoticeSettings(_Section):
    """The whole file; without one nothing is sent and nothing is lost."""

    zone: str = "UTC"
    mail: MailServer | None = None
    service: tuple[Service, ...] = ()
    quiet: QuietHours | None = QuietHours()
    remind_before_h: Annotated[tuple[Annotated[int, Field(ge=1, le=500)], ...], Field(max_length=5)] = (24,)

    @field_validator("zone")
    @classmethod
    def _is_a_zone(cls, name: str) -> str:
        if name not in available_timezones():
            raise ValueError(f"there is no time zone '{name}'; Europe/Berlin is one")
        return name

    @model_validator(mode="after")
    def _one_service_a_channel(self) -> Self:
        names = [service.channel for service in self.service] + ["email"] * (self.mail is not None)
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"channel {', '.join(twice)} is there more than once")
        return self

    @property
    def zone_info(self) -> ZoneInfo:
        return ZoneInfo(self.zone)


def load(data_dir: Path) -> NoticeSettings:
    """The settings in the data folder, with file paths anchored there; defaults without a file.

    Raises NoticeSettingsError.
    """
    path = data_dir / FILE
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        return _anchored(NoticeSettings.model_validate(raw), data_dir)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise NoticeSettingsError(f"{path}: {error}") from error
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, one['loc'])) or 'file'}: {one['msg']}" for one in error.errors())
        raise NoticeSettingsError(f"{path}: {problems}") from error


def secret_line(path: Path) -> str:
    """What a secret's file holds. Raises NoticeSettingsError."""
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise NoticeSettingsError(f"can't read {path}: {type(error).__name__}") from error


def _anchored(settings: NoticeSettings, folder: Path) -> NoticeSettings:
    mail = settings.mail
    if mail is not None and mail.password_file is not None:
        mail = mail.model_copy(update={"password_file": folder / mail.password_file})
    services = tuple(one.model_copy(update={"url_file": folder / one.url_file}) for one in settings.service)
    return settings.model_copy(update={"mail": mail, "service": services})
