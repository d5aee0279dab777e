import pytest

from ripely.settings import SettingsError, read_settings

SECRET = "a-secret-that-is-long-enough-to-pass"


def test_nothing_needs_to_be_set(tmp_path):
    settings = read_settings({"RIPELY_DATA": str(tmp_path / "data")})
    assert (settings.port, settings.database_url) == (8000, None)
    assert settings.base_url == "http://127.0.0.1:8000"


def test_the_public_address_follows_the_port(tmp_path):
    settings = read_settings({"RIPELY_DATA": str(tmp_path), "RIPELY_PORT": "8123"})
    assert settings.base_url == "http://127.0.0.1:8123"


def test_the_secret_is_made_once_and_kept_from_other_users(tmp_path):
    environ = {"RIPELY_DATA": str(tmp_path)}
    secret = read_settings(environ).secret
    assert len(secret) >= 32
    assert read_settings(environ).secret == secret
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


def test_a_given_secret_leaves_no_trace_on_disk(tmp_path):
    data = tmp_path / "data"
    assert read_settings({"RIPELY_DATA": str(data), "RIPELY_SECRET": SECRET}).secret == SECRET
    assert not data.exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RIPELY_HOST", "example.com"),
        ("RIPELY_PORT", "http"),
        ("RIPELY_PORT", "70000"),
        ("RIPELY_PORT", "²"),
        ("RIPELY_DATA", __file__),
        ("RIPELY_BASE_URL", "shop.example.org"),
        ("DATABASE_URL", "mysql://localhost/shop"),
        ("RIPELY_SMTP_URL", "localhost:25"),
        ("RIPELY_SECRET", "short"),
        ("RIPELY_TIMEZONE", "Mars/Olympus"),
        ("RIPELY_TIMEZONE", "../../etc/passwd"),
        ("RIPELY_LANGUAGE", "xx"),
        ("RIPELY_FROM", "nobody"),
        ("RIPELY_WEB_PROCESSES", "0"),
        ("RIPELY_WORKERS", "-1"),
        ("RIPELY_DEMO", "perhaps"),
        ("RIPELY_WAREHOUSE", "https://warehouse.example.com"),
        ("RIPELY_WAREHOUSE", "clickhouse:///history"),
        ("RIPELY_WAREHOUSE", "clickhouse://ann@[::1/history"),
        ("RIPELY_WAREHOUSE", "clickhouse://ann@history.example:port/history"),
        ("RIPELY_WAREHOUSE", "clickhouse://ann@history.example:0/history"),
        ("RIPELY_WAREHOUSE", "clickhouse://ann@history.example:70000/history"),
        ("RIPELY_WAREHOUSE", "clickhouse://ann@history.example/history?secure=1"),
        ("RIPELY_WAREHOUSE", "clickhouse://ann@history.example/a/b"),
    ],
)
def test_a_bad_value_is_named_in_one_sentence_that_hides_it(tmp_path, name, value):
    environ = {"RIPELY_DATA": str(tmp_path), "RIPELY_SECRET": SECRET, name: value}
    with pytest.raises(SettingsError) as wrong:
        read_settings(environ)
    assert str(wrong.value).startswith(f"{name} ")
    assert str(wrong.value).endswith(".")
    assert value not in str(wrong.value)


@pytest.mark.parametrize("sign", ["/", "?", "#", "\u2100"])
def test_a_password_that_breaks_an_address_is_not_told(tmp_path, sign):
    value = f"clickhouse://ann:opensesame{sign}opensesame@history.example:8123/history"
    environ = {"RIPELY_DATA": str(tmp_path), "RIPELY_SECRET": SECRET, "RIPELY_WAREHOUSE": value}
    with pytest.raises(
        SettingsError, match="RIPELY_WAREHOUSE must be an address like"
    ) as wrong:
        read_settings(environ)
    assert "sesame" not in str(wrong.value)


def test_a_password_may_have_any_sign_that_is_written_out(tmp_path):
    value = "clickhouses://ann:%40%3A%2F%3F%23@history.example/history"
    environ = {"RIPELY_DATA": str(tmp_path), "RIPELY_SECRET": SECRET, "RIPELY_WAREHOUSE": value}
    assert read_settings(environ).warehouse == value


def test_a_folder_that_cannot_be_made_is_named():
    with pytest.raises(SettingsError, match=r"^RIPELY_DATA cannot be made: /dev/null/data"):
        read_settings({"RIPELY_DATA": "/dev/null/data"})
