"""Where a hub's database is.

It is a file beside the hub's keys, unless `database.toml` there names a PostgreSQL server.
"""

from __future__ import annotations

import json
import os
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hub_service.store.database import StoreError

DATABASE = "hub.sqlite"
NAMED_IN = "database.toml"
SCHEMES = ("postgresql", "postgres")


class Server(BaseModel):
    """A database on a server. Several hosts in `url` are tried in turn; `connections` are those of one worker."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str
    password_file: Path | None = None
    connections: int = Field(default=10, ge=2, le=100)

    @property
    def shown(self) -> str:
        """Where it is, without a password."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"

    def conninfo(self) -> str:
        """What a connection is opened with; raises StoreError."""
        # Takes a while to load, and most hubs never do.
        from psycopg import ProgrammingError
        from psycopg.conninfo import make_conninfo

        try:
            if self.password_file is None:
                return make_conninfo(self.url)
            return make_conninfo(self.url, password=self.password_file.read_text(encoding="utf-8").strip())
        except ProgrammingError as error:
            # Its own words repeat what it was given, a password as well.
            raise StoreError(f"{NAMED_IN}: url: no address of a PostgreSQL database") from error
        except OSError as error:
            raise StoreError(f"can't read the database's password: {error}") from error


def locate(data_dir: Path) -> Path | Server:
    """Where the database of the hub with this data folder is. Raises StoreError."""
    file = data_dir / NAMED_IN
    try:
        said = tomllib.loads(file.read_text(encoding="utf-8"))
        server = Server.model_validate(said)
        if urlsplit(server.url).scheme not in SCHEMES:
            raise StoreError(f"{file}: url must begin with postgresql://")
    except FileNotFoundError:
        return data_dir / DATABASE
    except ValidationError as error:
        raise StoreError(f"{file}: " + "; ".join(f"{one['loc'][0]}: {one['msg']}" for one in error.errors())) from error
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise StoreError(f"can't use {file}: {type(error).__name__}") from error
    if server.password_file and not server.password_file.is_absolute():
        return server.model_copy(update={"password_file": data_dir / server.password_file})
    return server


def name_server(data_dir: Path, url: str, password_file: Path | None = None) -> None:
    """From now on the hub of this folder keeps everything on this server. Raises StoreError where a file has it all."""
    # Nothing moves what is in the file: the hub would go on with no locker, no parcel and no user, and say nothing.
    if (data_dir / DATABASE).exists():
        raise StoreError(f"{data_dir / DATABASE} holds a hub, which can't move to a server: begin in an empty folder")
    said = f"url = {json.dumps(url)}\n"
    if password_file is not None:
        said += f"password_file = {json.dumps(str(password_file.absolute()))}\n"
    # It may hold a password, if somebody has put one into the URL.
    with os.fdopen(os.open(data_dir / NAMED_IN, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(said)
