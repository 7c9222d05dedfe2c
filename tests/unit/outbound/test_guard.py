"""Which addresses may be asked, in every spelling that somebody may try."""

from __future__ import annotations

import ipaddress

import pytest

from app.errors import TransomError, UrlForbiddenAddress, UrlInvalid, UrlNotAllowed
from app.outbound.addresses import is_permitted
from app.outbound.guard import Policy, read_hosts, read_networks, read_url, require_proxy

ANY = Policy.read("*, *:8080", "")

FORBIDDEN = [
    "http://127.0.0.1/",
    "http://127.1/",
    "http://127.0.1/",
    "http://2130706433/",
    "http://017700000001/",
    "http://0x7f000001/",
    "http://0x7f.1/",
    "http://0177.0.0.01/",
    "http://0X7F.0x0.0.1/",
    "http://127.0.0.1./",
    "http://１２７.０.０.１/",
    "http://127。0。0。1/",
    "http://①②⑦.0.0.1/",
    "http://0/",
    "http://0x/",
    "http://0.0.0.0/",
    "http://10.1.2.3/",
    "http://172.31.255.255/",
    "http://192.168.0.1:8080/",
    "http://100.64.0.1/",
    "http://100.100.100.200/latest/meta-data",
    "http://169.254.169.254/latest/meta-data/",
    "http://2852039166/",
    "http://168.63.129.16/",
    "http://192.0.0.192/",
    "http://192.0.2.1/",
    "http://198.18.0.1/",
    "http://224.0.0.1/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://[::]/",
    "http://[::1]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[::127.0.0.1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::ffff:0:127.0.0.1]/",
    "http://[64:ff9b::127.0.0.1]/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "http://[64:ff9b:1::8.8.8.8]/",
    "http://[2002:7f00:1::]/",
    "http://[2002:a9fe:a9fe::1]/",
    "http://[2001:0:7f00:1::]/",
    "http://[2001:db8::1]/",
    "http://[2a00:1450:4001:800:0:5efe:10.0.0.1]/",
    "http://[3fff::1]/",
    "http://[fe80::1]/",
    "http://[fec0::1]/",
    "http://[fc00::1]/",
    "http://[fd00:ec2::254]/",
    "http://[ff02::1]/",
    "http://[100::1]/",
    "http://[5f00::1]/",
]

INVALID = [
    "",
    "images.example.com/x.png",
    "//images.example.com/x.png",
    "ftp://images.example.com/x.png",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_INFO",
    "data:image/png;base64,AAAA",
    "http:///x.png",
    "http://",
    "http://:80/",
    "http://user@images.example.com/",
    "http://user:password@images.example.com/",
    "http://images.example.com@127.0.0.1/",
    "http://images.example.com:0/",
    "http://images.example.com:65536/",
    "http://images.example.com:http/",
    "http://images.example.com:80:80/",
    "http://images.example.com\\@127.0.0.1/",
    "http://images.example.com/ x",
    "http://images.example.com/\r\nHost: 127.0.0.1",
    "http://images.example.com/\t",
    "http://images.example.com\0.evil.example/",
    "http://127.0.0.1%2f@images.example.com/",
    "http://127.0.0.1%00.example.com/",
    "http://%31%32%37.0.0.1/",
    "http://[fe80::1%25eth0]/",
    "http://[fe80::1%eth0]/",
    "http://[::1/",
    "http://::1/",
    "http://[127.0.0.1]/",
    "http://[images.example.com]/",
    "http://256.0.0.1/",
    "http://1.2.3.4.5/",
    "http://0x100000000/",
    "http://08.0.0.1/",
    "http://example.0x7f000001.1e3.999999999999999999999/",
    "http://..example.com/",
    "http://-images.example.com/",
    f"http://{'a' * 64}.example.com/",
    f"http://images.example.com/{'a' * 5000}",
]


@pytest.mark.parametrize("url", FORBIDDEN)
def test_what_is_not_public_is_refused_in_every_spelling(url: str) -> None:
    """Where any host may be asked, an address of a network that is not public is refused, however it is spelt."""
    with pytest.raises(UrlForbiddenAddress) as refused:
        ANY.target(url)

    assert refused.value.detail == UrlForbiddenAddress.title()


@pytest.mark.parametrize("url", INVALID)
def test_what_readers_of_addresses_disagree_about_is_no_address(url: str) -> None:
    """An address that has a part which is not spelt like one is refused before anybody is asked."""
    with pytest.raises(UrlInvalid):
        ANY.target(url)


@pytest.mark.parametrize(
    ("url", "host", "path"),
    [
        ("http://8.8.8.8/", "8.8.8.8", "/"),
        ("http://134744072/", "8.8.8.8", "/"),
        ("http://[::ffff:8.8.8.8]/", "8.8.8.8", "/"),
        ("http://[64:ff9b::8.8.8.8]/", "64:ff9b::808:808", "/"),
        ("http://[2A00:1450:4001:0800::200e]/", "2a00:1450:4001:800::200e", "/"),
        ("http://IMAGES.Example.COM./a b".replace(" ", "%20"), "images.example.com", "/a%20b"),
        ("https://bücher.example/ü?q=ü#part", "xn--bcher-kva.example", "/%C3%BC?q=%C3%BC"),
        ("https://my_bucket.example.com", "my_bucket.example.com", "/"),
        ("http://example.com:8080/?a=b", "example.com", "/?a=b"),
    ],
)
def test_an_address_has_one_form(url: str, host: str, path: str) -> None:
    """Host and path of what may be asked are as they will be asked."""
    target = ANY.target(url)

    assert (target.host, target.path) == (host, path)


@pytest.mark.parametrize(
    ("patterns", "url", "allowed"),
    [
        ("", "http://example.com/", False),
        ("example.com", "http://example.com/", True),
        ("example.com", "https://EXAMPLE.com/", True),
        ("example.com", "http://example.com:8080/", False),
        ("example.com:8080", "http://example.com:8080/", True),
        ("example.com:8080", "http://example.com/", False),
        ("example.com", "http://images.example.com/", False),
        ("example.com", "http://example.com.evil.example/", False),
        ("example.com", "http://notexample.com/", False),
        ("*.example.com", "http://images.example.com/", True),
        ("*.example.com", "http://a.b.example.com/", True),
        ("*.example.com", "http://example.com/", False),
        ("*.example.com", "http://evilexample.com/", False),
        ("*.example.com:444, *.example.com", "https://images.example.com:444/", True),
        ("bücher.example", "http://xn--bcher-kva.example/", True),
        ("8.8.8.8", "http://0x08080808/", True),
        ("8.8.8.8", "http://8.8.4.4/", False),
        ("[2a00:1450::1]:8080", "http://[2a00:1450:0::1]:8080/", True),
        ("*", "http://anything.example/", True),
        ("*", "http://anything.example:22/", False),
        ("*:22", "http://anything.example:22/", True),
    ],
)
def test_a_host_is_asked_where_a_pattern_means_it(patterns: str, url: str, allowed: bool) -> None:
    """A pattern means its host, all names below its domain, or all; at the usual ports, or at its own."""
    policy = Policy.read(patterns, "")
    try:
        policy.target(url)
    except UrlNotAllowed:
        assert not allowed
    else:
        assert allowed


@pytest.mark.parametrize(
    ("networks", "address", "permitted"),
    [
        ("10.0.0.0/8", "10.1.2.3", True),
        ("10.0.0.0/8", "192.168.0.1", False),
        ("10.0.0.0/8", "::ffff:10.1.2.3", True),
        ("10.0.0.0/8", "64:ff9b::10.1.2.3", True),
        ("10.0.0.0/8", "64:ff9b::192.168.0.1", False),
        ("127.0.0.1/32", "127.0.0.1", True),
        ("127.0.0.1", "127.0.0.2", False),
        ("127.0.0.0/8", "::1", False),
        ("fd00::/8, 127.0.0.0/8", "fd12::1", True),
        ("", "8.8.8.8", True),
    ],
)
def test_networks_that_are_named_are_reached(networks: str, address: str, permitted: bool) -> None:
    """An address that is not public may be reached where a network that was named has it."""
    assert is_permitted(ipaddress.ip_address(address), read_networks(networks)) == permitted


def test_a_host_that_is_listed_is_still_refused_by_its_address() -> None:
    """That a host may be asked does not open a network that is not public."""
    with pytest.raises(UrlForbiddenAddress):
        Policy.read("127.0.0.1", "").target("http://127.0.0.1/")
    assert Policy.read("127.0.0.1", "127.0.0.0/8").target("http://127.0.0.1/").host == "127.0.0.1"
    with pytest.raises(UrlForbiddenAddress):
        Policy.read("*", "127.0.0.0/8").target("http://127.0.0.1/")


@pytest.mark.parametrize(
    ("patterns", "host", "port", "reached"),
    [
        ("*", "10.1.2.3", 80, False),
        ("*:8080", "10.1.2.3", 8080, False),
        ("*", "inner.example.com", 80, False),
        ("*.example.com", "inner.example.com", 80, False),
        ("inner.example.com", "inner.example.com", 443, True),
        ("*, inner.example.com", "inner.example.com", 80, True),
        ("*:8080, inner.example.com", "inner.example.com", 8080, False),
        ("10.1.2.3", "10.1.2.3", 80, True),
        ("0x0a010203:8080", "10.1.2.3", 8080, True),
        ("10.0.0.1, *", "10.1.2.3", 80, False),
    ],
)
def test_a_pattern_that_others_fit_leads_nowhere_private(patterns: str, host: str, port: int, reached: bool) -> None:
    """Into a network that is not public only a host leads that is listed by its own name or address."""
    policy = Policy.read(patterns, "10.0.0.0/8")

    policy.require([ipaddress.ip_address("8.8.8.8")], host, port)
    try:
        policy.require([ipaddress.ip_address("10.1.2.3")], host, port)
    except UrlForbiddenAddress:
        assert not reached
    else:
        assert reached


@pytest.mark.parametrize(
    "text",
    [
        "http://example.com",
        "example.com/x",
        "*.*.example.com",
        "ex*mple.com",
        "*example.com",
        "*.8.8.8.8",
        "*.",
        "a:0",
        "a:70000",
        "a b",
        "[::1",
        "::1",
    ],
)
def test_a_pattern_that_is_none_is_told(text: str) -> None:
    """A list of hosts with something else in it says what that is."""
    with pytest.raises(ValueError, match="is not a host such as") as refused:
        read_hosts(f"example.com, {text}")

    assert text in str(refused.value)


@pytest.mark.parametrize("text", ["10.0.0.1/8", "10.0.0.0/33", "intranet", "10.0.0"])
def test_a_network_that_is_none_is_told(text: str) -> None:
    """A list of networks with something else in it says what that is."""
    with pytest.raises(ValueError, match="is not a network such as"):
        read_networks(f"127.0.0.0/8,{text}")


@pytest.mark.parametrize("text", ["https://proxy:3128", "proxy:3128", "http://", "http://proxy:0", "http://proxy/x"])
def test_a_proxy_that_is_none_is_told(text: str) -> None:
    """Only plain http proxies are spoken to."""
    with pytest.raises(ValueError, match="must be an address such as"):
        require_proxy(text)


def test_messages_do_not_repeat_credentials() -> None:
    """What stands before the host of an address is in no message."""
    with pytest.raises(TransomError) as refused:
        read_url("http://someone:secret@images.example.com/")

    assert "secret" not in refused.value.detail
