"""What a broker's address may be, and whom a connection over TLS trusts."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from app.broker_address import read_broker, with_authorities, without_password


@pytest.mark.parametrize(
    "url",
    [
        "redis://localhost",
        "redis://localhost/",
        "redis://:p%40ss%2Fw@valkey:6379/12",
        "redis+socket:///run/valkey.sock",
        "redis+socket:///run/valkey.sock?virtual_host=3",
        "redis://one:6379/0;redis://two:6379/0",
        "amqp://guest:guest@127.0.0.1:5672//",
        "amqp://me:secret@one/a;amqp://me:secret@two/a",
        "pyamqp://guest@[::1]/%2Fvision?login_method=PLAIN",
        "redis://cache.example:6379?credential_provider=redis.credentials.UsernamePasswordCredentialProvider",
    ],
)
def test_what_is_not_over_tls_is_handed_on_as_it_is(url: str, tmp_path: Path) -> None:
    """Nothing is added, whatever authorities are trusted elsewhere."""
    address = read_broker(with_authorities(url, tmp_path))

    assert (address.url, address.tls) == (url, False)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://localhost", "must start with"),
        ("redis://localhost:many/0", "no whole address"),
        ("redis://localhost:70000/0", "no whole address"),
        ("redis://[::1/0", "no whole address"),
        ("redis://:12/secret@localhost/0", "no whole address"),
        ("redis://:12?secret=1@localhost/0", "no whole address"),
        ("redis://:12#secret@localhost/0", "no whole address"),
        ("redis://:12?cr;secret@localhost/0", "no whole address"),
        ("redis+socket:///run/secret@a.sock", "no whole address"),
        ("redis://localhost/main", "the number of a database"),
        ("redis://localhost/0;redis://localhost/main", "the number of a database"),
        ("redis://localhost/0;http://localhost", "must start with"),
        ("redis://localhost/0?wait=5", "there are ssl_…, credential_provider$"),
        ("redis://:12?secret", "there are ssl_…, credential_provider$"),
        ("redis://localhost/0?virtual_host=1", "there are ssl_…, credential_provider$"),
        ("redis+socket:///run/valkey.sock?virtual_host=one", "the number of a database"),
        ("redis://localhost/0?credential_provider=nowhere.Provider", "can be imported"),
        ("redis://localhost/0?credential_provider=redis.credentials.Nobody", "can be imported"),
        ("redis://localhost/0?credential_provider=Provider", "can be imported"),
        ("amqp://localhost//?login_method=external", "one of PLAIN, AMQPLAIN, EXTERNAL"),
        ("amqps://localhost//?verify=verify_peer&cacertfile=/x", "there are ssl_…, login_method$"),
        ("redis://one/0;rediss://two/0", "several addresses"),
        ("rediss://one/0;rediss://two/0?ssl_cert_reqs=none", "several addresses"),
        ("amqps://one//;amqp://two//", "several addresses"),
        ("amqps://one//;amqps://two//", "several addresses"),
        ("amqps://one//;two", "no whole address"),
        ("amqps://one//;AMQP://two", "no whole address"),
        ("redis://me:12;secret@localhost/0", "no whole address"),
        ("redis://localhost/0?ssl_cert_reqs=none", "not over TLS"),
        ("rediss://localhost/0?ssl_cert_reqs=yes", "one of required, optional, none"),
        ("rediss://localhost/0?ssl_check_hostname=no", "true or false"),
        ("rediss://localhost/0?ssl_ca_certs=/nowhere", "ssl_ca_certs names can't be read: No such file"),
        ("amqps://localhost//?ssl_version=3", "there are ssl_ca_certs, "),
    ],
)
def test_what_is_wrong_is_said_without_a_part_of_a_password(url: str, said: str) -> None:
    """As far as an address can be told to be wrong before anything is connected to."""
    with pytest.raises(ValueError, match=said) as raised:
        read_broker(url)

    assert "secret" not in str(raised.value)


def test_a_certificate_is_looked_at_unless_the_address_says_otherwise(tmp_path: Path) -> None:
    """Each transport is told so by its own names, and nothing of it is left in the address."""
    file = tmp_path / "authority.pem"
    file.touch()

    redis = read_broker(with_authorities("rediss://me@h/1", file))
    rabbitmq = read_broker(f"amqps://me@Localhost//vhost?login_method=EXTERNAL&ssl_ca_certs={file}")

    assert redis.url == "rediss://me@h/1"
    assert redis.tls == {"ssl_cert_reqs": ssl.CERT_REQUIRED, "ssl_check_hostname": True, "ssl_ca_certs": str(file)}
    assert rabbitmq.url == "amqps://me@Localhost//vhost?login_method=EXTERNAL"
    assert rabbitmq.tls == {"cert_reqs": ssl.CERT_REQUIRED, "ca_certs": str(file), "server_hostname": "localhost"}
    assert read_broker("amqps://h//?ssl_cert_reqs=none").tls == {"cert_reqs": ssl.CERT_NONE}


def test_several_of_a_kind_are_one_address(tmp_path: Path) -> None:
    """Of Redis's over TLS too: its client looks for each one's own name."""
    file = tmp_path / "authority.pem"
    file.touch()

    address = read_broker(with_authorities("rediss://one/0;rediss://two/0", file))

    assert address.url == "rediss://one/0;rediss://two/0"
    assert isinstance(address.tls, dict)
    assert address.tls["ssl_ca_certs"] == str(file)


def test_authorities_of_everything_else_do_not_take_the_place_of_the_systems(tmp_path: Path) -> None:
    """What is trusted for a proxy says nothing of a RabbitMQ: its transport would trust nothing else."""
    assert with_authorities("amqps://me@h//", tmp_path) == "amqps://me@h//"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("redis://localhost:6379", "redis://localhost:6379"),
        ("http://localhost", "http://localhost"),
        ("redis://[::1]:6379/0", "redis://[::1]:6379…"),
        ("redis://localhost/main", "redis://localhost…"),
        ("redis://localhost:many/0", "redis://localhost…"),
        ("redis://me:secret@h/0", "redis://***@h…"),
        ("redis://:12/secret@h/0", "redis://***@h…"),
        ("redis://:a@secret@h/0", "redis://***@h…"),
        ("redis://us/er:secret@h/0", "redis://***@h…"),
        ("redis//:secret@h", "***@h"),
        ("default:secret@h:6379", "***@h:6379"),
        ("transom.db", "transom.db"),
        ("me:secret", "…"),
        ("redis://:secret/0", "redis://…"),
        ("redis://me:secret/0", "redis://me…"),
        ("redis://me:secret%40h/0", "redis://me…"),
        ("redis://h/0?password=secret", "redis://h…"),
        ("redis://:se/cret", "redis://…"),
        ("postgres://h/db?user=me&password=secret", "postgres://h…"),
    ],
)
def test_of_a_password_nothing_is_shown(url: str, shown: str) -> None:
    """However wrong the address is."""
    assert without_password(url) == shown


def test_the_address_itself_says_best_whom_to_trust(tmp_path: Path) -> None:
    """The authorities that are trusted elsewhere are not put in their place."""
    own, elsewhere = tmp_path / "own.pem", tmp_path / "elsewhere.pem"
    for file in (own, elsewhere):
        file.touch()
    url = f"rediss://h/0?ssl_ca_certs={own}"

    tls = read_broker(with_authorities(url, elsewhere)).tls

    assert isinstance(tls, dict)
    assert tls["ssl_ca_certs"] == str(own)
