"""Settings: read once at start, from defaults, a TOML file and the environment.

Order, the later wins: ``config/defaults.toml``, the file that GATEWAY_CONFIG names, variables ``GATEWAY_…``, and
``GATEWAY_…_FILE`` for each, whose value is read from the file that it names (for secrets).
"""

import os
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from schemas.errors import GatewayError
from schemas.states import Language

PREFIX = "GATEWAY_"
DEFAULTS = Path(__file__).parent / "defaults.toml"


class InvalidSettings(GatewayError):
    """The settings cannot be used."""

    code = "invalid_settings"


class Settings(BaseSettings):
    """Everything that an operator may set. Sizes are bytes, times are seconds."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    data_dir: Path
    database_url: str = ""  # Empty: SQLite in the data folder. PostgreSQL: postgresql+asyncpg://user:password@host/name
    key_file: Path | None = None  # Default: installation.key in the data folder.
    host: str
    port: int = Field(ge=0, le=65535)
    public_url: str = ""  # Empty: http on the loopback address.
    proxies: frozenset[str]
    zone: str
    company_code: str = Field(pattern=r"^[A-Za-z0-9_-]{1,20}$")
    company_name: str = Field(min_length=1, max_length=140)
    company_language: Language
    admin_login: str = ""
    admin_password: SecretStr = SecretStr("")
    password_list: Path | None = None
    workers: int = Field(gt=0)  # Processes that read files and match.
    log_format: str = Field(pattern="^(json|text)$")

    advice_days: int = Field(ge=0, le=90)  # Between a remittance advice and its credit, at most.
    advice_folder: Path | None = None  # Files dropped here are read and moved to its folders done or refused.
    advice_mail_host: str = ""  # Empty: no mailbox is read.
    advice_mail_port: int = Field(gt=0, le=65535)
    advice_mail_user: str = ""
    advice_mail_password: SecretStr = SecretStr("")
    advice_mail_folder: str = Field(min_length=1)
    advice_mail_security: str = Field(pattern="^(tls|none)$")

    text_bytes_max: int = Field(gt=0)
    file_bytes_max: int = Field(gt=0)
    header_s: float = Field(gt=0)
    body_s: float = Field(gt=0)
    body_idle_s: float = Field(gt=0)
    keep_alive_s: float = Field(gt=0)
    connections_max: int = Field(gt=0)
    connections_per_address_max: int = Field(gt=0)

    account_attempts_max: int = Field(gt=0)
    address_attempts_max: int = Field(gt=0)
    attempts_window_s: int = Field(gt=0)
    smtp_host: str = ""  # Empty: no mail is sent.
    smtp_port: int = Field(gt=0, le=65535)
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_sender: str = ""
    smtp_security: str = Field(pattern="^(starttls|tls|none)$")

    session_idle_s: int = Field(gt=0, le=30 * 60)
    session_longest_s: int = Field(gt=0, le=12 * 3600)

    @field_validator("zone")
    @classmethod
    def _zone_exists(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"{name!r} is not a time zone such as Europe/Paris") from error
        return name

    @model_validator(mode="after")
    def _administrator_is_whole(self) -> Self:
        if bool(self.admin_login) != bool(self.admin_password.get_secret_value()):
            raise ValueError("admin_login and admin_password are set together or not at all")
        return self

    @model_validator(mode="after")
    def _mail_has_a_sender(self) -> Self:
        if self.smtp_host and "@" not in self.smtp_sender:
            raise ValueError("smtp_sender is the address that mails come from; it is needed with smtp_host")
        return self

    @model_validator(mode="after")
    def _mailbox_is_whole(self) -> Self:
        if self.advice_mail_host and not (self.advice_mail_user and self.advice_mail_password.get_secret_value()):
            raise ValueError("advice_mail_user and advice_mail_password are needed with advice_mail_host")
        is_here = self.advice_mail_host in ("", "127.0.0.1", "::1", "localhost")
        if self.advice_mail_security == "none" and not is_here:
            raise ValueError("advice_mail_security is none, which only a loopback host may have; expected is tls")
        return self

    @property
    def address(self) -> str:
        """Where browsers find the gateway."""
        if self.public_url:
            return self.public_url.rstrip("/")
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def shown_database(self) -> str:
        """The database for a log line, without its password."""
        parts = urlsplit(self.database_url)
        return f"{parts.scheme}://{parts.hostname}{parts.path}" if self.database_url else f"SQLite in {self.data_dir}"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Say which source wins: the first one that has a value."""
        named = os.environ.get(f"{PREFIX}CONFIG")
        files = [TomlConfigSettingsSource(settings_cls, Path(named))] if named else []
        defaults = TomlConfigSettingsSource(settings_cls, DEFAULTS)
        return init_settings, _NamedFiles(settings_cls), env_settings, *files, defaults


class _NamedFiles(PydanticBaseSettingsSource):
    """Values from files that the environment names: GATEWAY_ADMIN_PASSWORD_FILE=/run/secrets/admin."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        path = os.environ.get(f"{PREFIX}{field_name.upper()}_FILE")
        return (None if path is None else _first_line(Path(path))), field_name, False

    def __call__(self) -> dict[str, Any]:
        found = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in found.items() if value is not None}


def _first_line(path: Path) -> str:
    try:
        return path.read_text().strip("\r\n")
    except OSError as error:
        raise InvalidSettings(f"{path} cannot be read: {error.strerror}") from error


def load_settings(**given: Any) -> Settings:
    """Read the settings; what is given (by options of a command) wins. Raises InvalidSettings naming each fault."""
    named = os.environ.get(f"{PREFIX}CONFIG")
    if named and not Path(named).is_file():
        raise InvalidSettings(f"GATEWAY_CONFIG names {named}, which is not a file")
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, fault['loc'])) or 'settings'}: {fault['msg']}" for fault in error.errors()]
        raise InvalidSettings("; ".join(faults)) from error
