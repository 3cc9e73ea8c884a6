from pathlib import Path

import pytest

from punte.config import env


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("X", "X_FILE"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("value", "meant"), [("1", True), ("Yes", True), ("off", False), (" 0 ", False)]
)
def test_flag_reads_yes_and_no(monkeypatch: pytest.MonkeyPatch, value: str, meant: bool) -> None:  # noqa: FBT001
    monkeypatch.setenv("X", value)
    assert env.flag("X", default=not meant) is meant


def test_unknown_values_name_variable_and_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X", "maybe")
    with pytest.raises(env.ConfigurationError, match="X='maybe'"):
        env.flag("X", default=False)
    with pytest.raises(env.ConfigurationError, match="X='maybe' is no whole number"):
        env.whole("X", 1, low=0, high=9)
    with pytest.raises(env.ConfigurationError, match="X='maybe' is unknown"):
        env.choice("X", ["app", "owner"])
    monkeypatch.setenv("X", "10")
    with pytest.raises(env.ConfigurationError, match="X=10 is outside 0 to 9"):
        env.whole("X", 1, low=0, high=9)


def test_a_shaped_text_fits_its_form_or_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert env.shaped("X", "ab-1", "ab-[0-9]", said="ab- and a digit") == "ab-1"
    for value, fits in (("ab-7", True), ("ab-77", False), ("cab-7", False)):
        monkeypatch.setenv("X", value)
        if fits:
            assert env.shaped("X", "ab-1", "ab-[0-9]", said="ab- and a digit") == value
            continue
        with pytest.raises(env.ConfigurationError, match="Write ab- and a digit"):
            env.shaped("X", "ab-1", "ab-[0-9]", said="ab- and a digit")


def test_secret_comes_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("s3cret\n")
    monkeypatch.setenv("X_FILE", str(file))
    assert env.secret("X") == "s3cret"
    monkeypatch.setenv("X", "other")
    with pytest.raises(env.ConfigurationError, match="Both X and X_FILE"):
        env.secret("X")
    monkeypatch.delenv("X")
    monkeypatch.setenv("X_FILE", str(tmp_path / "absent"))
    with pytest.raises(env.ConfigurationError, match="cannot be read"):
        env.secret("X")
    file.write_text("\n")
    monkeypatch.setenv("X_FILE", str(file))
    with pytest.raises(env.ConfigurationError, match="is empty"):
        env.secret("X")


def test_database_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X", "postgresql://me:p%40ss@db.example:5433/punte?sslmode=require")
    assert env.database("X") == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "punte",
        "USER": "me",
        "PASSWORD": "p@ss",
        "HOST": "db.example",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "require"},
    }
    monkeypatch.setenv("X", "postgresql://me@/punte?host=/a/b%20c")
    assert env.database("X")["HOST"] == "/a/b c"
    monkeypatch.setenv("X", "sqlite:///punte.db")
    with pytest.raises(env.ConfigurationError, match="needs PostgreSQL"):
        env.database("X")
    monkeypatch.setenv("X", "postgresql://me@db/")
    with pytest.raises(env.ConfigurationError, match="names no database"):
        env.database("X")
