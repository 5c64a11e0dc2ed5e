"""Settings: where they come from, which source wins, what is refused."""

from pathlib import Path

import pytest

from config.settings import InvalidSettings, load_settings
from gateway.store.first_steps import UNNAMED


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in [name for name in os.environ if name.startswith("GATEWAY_")]:
        monkeypatch.delenv(name)


def test_defaults_are_enough() -> None:
    settings = load_settings()

    assert (settings.host, settings.port, settings.address) == ("127.0.0.1", 8080, "http://127.0.0.1:8080")
    assert settings.company_name == UNNAMED


def test_the_later_source_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "gateway.toml"
    file.write_text('port = 1001\nhost = "127.0.0.2"\ncompany_name = "From file"\nzone = "Europe/Berlin"')
    secret = tmp_path / "name"
    secret.write_text("From secret file\n")
    monkeypatch.setenv("GATEWAY_CONFIG", str(file))
    monkeypatch.setenv("GATEWAY_HOST", "127.0.0.3")
    monkeypatch.setenv("GATEWAY_PORT", "1003")
    monkeypatch.setenv("GATEWAY_COMPANY_NAME_FILE", str(secret))

    settings = load_settings(port=1004)

    assert (settings.port, settings.host, settings.company_name) == (1004, "127.0.0.3", "From secret file")
    assert settings.zone == "Europe/Berlin"


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        pytest.param("PORT", "many", "port", id="no number"),
        pytest.param("ZONE", "Europe/Atlantis", "time zone", id="unknown zone"),
        pytest.param("ADMIN_LOGIN", "root", "together", id="administrator without password"),
        pytest.param("SESSION_IDLE_S", "3600", "session_idle_s", id="idle longer than half an hour"),
        pytest.param("SESSION_LONGEST_S", "86400", "session_longest_s", id="session longer than twelve hours"),
        pytest.param("CONFIG", "/nowhere.toml", "not a file", id="no such file"),
        pytest.param("COMPANY_NAME_FILE", "/nowhere", "cannot be read", id="no such secret"),
        pytest.param("COMPANY_CODE", "a b", "company_code", id="code with a blank"),
    ],
)
def test_what_cannot_be_used_is_named(name: str, value: str, why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"GATEWAY_{name}", value)

    with pytest.raises(InvalidSettings, match=why):
        load_settings()


def test_an_unknown_setting_in_the_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "gateway.toml"
    file.write_text("prot = 1001")
    monkeypatch.setenv("GATEWAY_CONFIG", str(file))

    with pytest.raises(InvalidSettings, match="prot"):
        load_settings()


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_ADMIN_LOGIN", "root")
    monkeypatch.setenv("GATEWAY_ADMIN_PASSWORD", "correct horse battery")
    monkeypatch.setenv("GATEWAY_DATABASE_URL", "postgresql+asyncpg://me:secret@db.example.com:5432/gateway")

    settings = load_settings()

    assert "correct horse" not in repr(settings)
    assert settings.shown_database == "postgresql+asyncpg://db.example.com/gateway"


def test_the_address_of_ipv6_is_in_brackets() -> None:
    assert load_settings(host="::1", port=1).address == "http://[::1]:1"
    assert load_settings(public_url="https://gateway.example.com/").address == "https://gateway.example.com"
