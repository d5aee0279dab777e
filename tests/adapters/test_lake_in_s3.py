"""The lake in a bucket: kept, compacted, erased to the last byte; archivers die, and keys are wrong."""

import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from http import HTTPStatus
from pathlib import Path
from urllib.request import Request, urlopen
from uuid import uuid4

import boto3
import msgspec
import pytest
from moto.server import ThreadedMotoServer
from psycopg_pool import ConnectionPool

from company import ANN, BOB, DEFINITIONS, START_S, event
from ports.test_archive import ADDRESS, Kept, archived, history, rows, views
from ports.world import postgres_world
from ripely.adapters.ducklake.archive import DuckLakeArchive
from ripely.adapters.ducklake.damage import damaged
from ripely.adapters.ducklake.lake import Means, Place, connect
from ripely.adapters.ducklake.warehouse import DuckLakeWarehouse
from ripely.adapters.postgres.told import PostgresTold
from ripely.ports import ArchiveError, AskError, DecisionRow, EventRow, PersonRow

KILLS = 3
COUNT = "SELECT count(*) FROM events"

# Keeps little at once, and compacts after each, until it is killed.
ARCHIVER = """
from ripely.runtime.archiving import archive_once
from ripely.settings import read_settings
from ripely.wiring import assemble, open_archive

settings = read_settings()
with assemble(settings, settings.database_url) as app, open_archive(app) as opened:
    while True:
        archive_once(*opened, limit=20)
        opened[1].compact()
"""


class Bucket(msgspec.Struct, frozen=True):
    """What lies in it, by name."""

    address: str
    objects: Callable[[], dict[str, bytes]]
    put: Callable[[str, bytes], object]


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    said = {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": "us-east-1",
    }
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    s3 = boto3.client("s3", region_name="us-east-1")
    s3.create_bucket(Bucket="ripely")
    for one in s3.list_objects_v2(Bucket="ripely").get("Contents", ()):
        s3.delete_object(Bucket="ripely", Key=one["Key"])

    def objects() -> dict[str, bytes]:
        found = s3.list_objects_v2(Bucket="ripely").get("Contents", ())
        return {
            one["Key"]: s3.get_object(Bucket="ripely", Key=one["Key"])["Body"].read()
            for one in found
        }

    return Bucket(
        "s3://ripely/lake",
        objects,
        lambda key, body: s3.put_object(Bucket="ripely", Key=key, Body=body),
    )


@pytest.fixture
def locked(bucket: Bucket, endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    """The same, only that its server asks for the key of somebody whom it knows."""
    iam = boto3.client("iam", region_name="us-east-1")
    name = uuid4().hex
    allowed = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="all", PolicyDocument=policy)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
    ask_for_keys_after(endpoint, "0")
    yield bucket
    ask_for_keys_after(endpoint, "inf")


def ask_for_keys_after(endpoint: str, calls: str) -> None:
    plain = {"Content-Type": "text/plain"}
    asked = Request(f"{endpoint}/moto-api/reset-auth", calls.encode(), plain, method="POST")
    with urlopen(asked) as answer:
        assert answer.status == HTTPStatus.OK


@pytest.fixture
def kept(bucket: Bucket, database_url: str, tmp_path: Path) -> Iterator[Kept]:
    place = Place(database_url, bucket.address)
    with (
        postgres_world(database_url) as world,
        ConnectionPool(
            database_url, min_size=1, max_size=2, kwargs={"autocommit": True}
        ) as pool,
        closing(DuckLakeArchive(place, tmp_path / "staging")) as archive,
    ):
        yield Kept(
            world,
            PostgresTold(pool),
            archive,
            lambda: rows(archive, "events", EventRow),
            lambda: rows(archive, "decisions", DecisionRow),
            lambda: rows(archive, "people", PersonRow),
            lambda: every_byte(bucket, place, tmp_path),
        )


def every_byte(bucket: Bucket, place: Place, folder: Path) -> bytes:
    """Everything that lies in the bucket, and what packed files say when they are read."""
    objects = bucket.objects()
    with closing(connect(place, Means("256MB", 1, folder / "spill"))) as reader:
        told = [
            reader.execute("FROM read_parquet(?)", [f"s3://ripely/{name}"]).fetchall()
            for name in objects
            if name.endswith(".parquet")
        ]
    return b"".join(objects.values()) + repr(told).encode()


def test_history_lies_in_the_bucket_and_is_read_from_there(
    kept: Kept, bucket: Bucket, database_url: str, tmp_path: Path
) -> None:
    kept.world.publish(*DEFINITIONS)
    kept.happen(*views(0, 5, ANN, BOB))
    kept.catch_up(limit=3)
    kept.archive.compact()
    assert archived(kept) == history(kept)
    assert bucket.objects()
    place = Place(database_url, bucket.address)
    assert [*damaged(place, tmp_path / "spill")] == []
    warehouse = DuckLakeWarehouse(database_url, bucket.address, tmp_path / "spill")
    assert warehouse.ask(COUNT).rows == [(len(history(kept)),)]
    with pytest.raises(AskError, match="beside it"):
        warehouse.ask("FROM 's3://ripely/lake/main/events/some.parquet'")
    warehouse.close()


def test_who_is_erased_is_gone_from_every_object(kept: Kept, bucket: Bucket) -> None:
    told = event(0, ANN, "contact.identified", START_S, email=ADDRESS)
    kept.happen(told, *views(1, 3, ANN, BOB))
    kept.catch_up()
    kept.archive.compact()
    assert ADDRESS.encode() in kept.bytes()
    bucket.put("lake/main/events/left-by-the-dead.parquet", ADDRESS.encode())
    kept.happen(event(5, ANN, "contact.erased", START_S + 9))
    kept.catch_up()
    assert ADDRESS.encode() not in kept.bytes()
    assert "lake/main/events/left-by-the-dead.parquet" not in bucket.objects()
    assert {row.contact for row in kept.events()} == {BOB}


def test_killed_archivers_leave_history_once_in_the_bucket(
    kept: Kept, bucket: Bucket, database_url: str, tmp_path: Path
) -> None:
    chance, told = random.Random(13), 0
    environ = {
        **os.environ,
        "DATABASE_URL": database_url,
        "RIPELY_LAKE": bucket.address,
        "RIPELY_DATA": str(tmp_path / "data"),
    }
    for _ in range(KILLS):
        archiver = subprocess.Popen([sys.executable, "-c", ARCHIVER], env=environ)
        until = time.monotonic() + chance.uniform(1, 3)
        while time.monotonic() < until:
            kept.happen(*views(told, told + 20, ANN, BOB))
            told += 20
        archiver.kill()
        archiver.wait()
    kept.catch_up()
    kept.archive.compact()
    assert archived(kept) == history(kept)


@pytest.mark.parametrize(
    ("setting", "value", "because"),
    [
        ("RIPELY_LAKE", "s3://nobody-made-this/lake", "no bucket of the name"),
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:1", "no server answers"),
        ("AWS_ENDPOINT_URL", "http://nobody.invalid", "no server has the name"),
        ("AWS_SECRET_ACCESS_KEY", "wrong", "AWS_SECRET_ACCESS_KEY does not fit"),
        ("AWS_ACCESS_KEY_ID", "nobody", "does not know AWS_ACCESS_KEY_ID"),
    ],
)
def test_what_is_wrong_with_the_bucket_is_said_before_anything_is_done(
    *,
    setting: str,
    value: str,
    because: str,
    kept: Kept,
    locked: Bucket,
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept.happen(*views(0, 3, ANN))
    kept.catch_up()
    right = os.environ.get(setting, "")
    monkeypatch.setenv(setting, value)
    address = value if setting == "RIPELY_LAKE" else locked.address
    place = Place(database_url, address)
    warehouse = DuckLakeWarehouse(database_url, address, tmp_path / "spill")
    with pytest.raises(AskError, match=because) as refused:
        warehouse.ask(COUNT)
    assert "\n" not in str(refused.value)
    with pytest.raises(ArchiveError, match=because):
        [*damaged(place, tmp_path / "spill")]
    with pytest.raises(ArchiveError, match=because):
        DuckLakeArchive(place, tmp_path / "other")
    warehouse.close()
    monkeypatch.setenv(setting, right)
    warehouse = DuckLakeWarehouse(database_url, locked.address, tmp_path / "spill")
    assert warehouse.ask(COUNT).rows == [(len(history(kept)),)]
    warehouse.close()


def test_an_archiver_says_what_is_wrong_and_goes_on_by_itself(
    kept: Kept, bucket: Bucket, database_url: str, tmp_path: Path
) -> None:
    kept.happen(*views(0, 3, ANN, BOB))
    environ = {
        **os.environ,
        "DATABASE_URL": database_url,
        "RIPELY_LAKE": "s3://made-later/lake",
        "RIPELY_DATA": str(tmp_path / "data"),
    }
    words = [sys.executable, "-m", "ripely.cli.main", "archive"]
    with subprocess.Popen(words, env=environ, stderr=subprocess.PIPE, text=True) as archiver:
        assert archiver.stderr is not None
        said = archiver.stderr.readline()
        assert "no bucket of the name that RIPELY_LAKE says" in said
        boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="made-later")
        kept.happen(*views(3, 6, ANN, BOB))
        told = (line for line in archiver.stderr if "no bucket" not in line)
        threading.Thread(target=lambda: [*told], daemon=True).start()
        until = time.monotonic() + 60
        while archived(kept) != history(kept):
            assert time.monotonic() < until
            time.sleep(0.1)
        archiver.terminate()
        assert archiver.wait() == 0
