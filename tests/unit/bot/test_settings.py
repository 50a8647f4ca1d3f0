"""Settings from the environment."""

from pathlib import Path

import pytest

from bot.settings import ROOT, Settings, SettingsError, load_settings


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in [n for n in os.environ if n.startswith("WENBAN_")]:
        monkeypatch.delenv(name)


def test_everything_has_a_default_but_secrets() -> None:
    settings = load_settings()
    assert (settings.host, settings.port, settings.encoder) == ("127.0.0.1", 8000, "packed-e5")
    assert settings.rasa_token is None and settings.data_key is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WENBAN_PORT", "0"), ("WENBAN_PORT", "65536"), ("WENBAN_PORT", "http"), ("WENBAN_ENCODER_THREADS", "0"),
        ("WENBAN_CONTEXT_MINUTES", "1500"), ("WENBAN_CONTEXT_MINUTES", "-1"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_used_names_its_variable(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=f"^{name}: "):
        load_settings()


def test_all_wrong_values_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENBAN_PORT", "x")
    monkeypatch.setenv("WENBAN_CONTEXT_MINUTES", "y")
    with pytest.raises(SettingsError, match=r"WENBAN_PORT: .*; WENBAN_CONTEXT_MINUTES: "):
        load_settings()


def test_a_log_level_that_is_none_names_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENBAN_LOG_LEVEL", "LOUD")
    with pytest.raises(SettingsError, match="WENBAN_LOG_LEVEL"):
        load_settings()


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENBAN_PORT", "")
    assert load_settings().port == 8000


def test_relative_paths_count_from_the_project_and_absolute_ones_stay() -> None:
    relative = Settings(data_dir=Path("elsewhere"), knowledge_dir=Path("k"))
    assert (relative.data, relative.knowledge) == (ROOT / "elsewhere", ROOT / "k")
    absolute = Settings(data_dir=Path("/srv/wenban"), knowledge_dir=Path("/srv/guides"))
    assert (absolute.data, absolute.knowledge) == (Path("/srv/wenban"), Path("/srv/guides"))
    assert absolute.encoder_folder == Path("/srv/wenban/encoder/packed-e5")
    assert absolute.model_folder == Path("/srv/wenban/rasa-models")


def test_the_database_is_sqlite_in_the_data_folder_unless_set() -> None:
    assert Settings(data_dir=Path("/srv/w")).database == "sqlite:////srv/w/wenban.sqlite3"
    assert Settings(database_url="postgresql://db/wenban").database == "postgresql://db/wenban"


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:9000/rasa/actions"),
        ("0.0.0.0", "http://127.0.0.1:9000/rasa/actions"),
        ("localhost", "http://127.0.0.1:9000/rasa/actions"),
        ("10.0.0.5", "http://10.0.0.5:9000/rasa/actions"),
    ],
)
def test_rasa_reaches_the_actions_where_the_app_listens(host: str, address: str) -> None:
    assert Settings(host=host, port=9000).actions_address == address


def test_an_ipv6_host_is_put_into_brackets() -> None:
    assert Settings(host="::1", port=9000).actions_address == "http://[::1]:9000/rasa/actions"


def test_another_address_of_the_actions_can_be_set() -> None:
    assert Settings(actions_url="http://app:8000/rasa/actions").actions_address == "http://app:8000/rasa/actions"
