"""Which items' addresses are asked at a time, and which hosts are left alone."""

from __future__ import annotations

from app.batches.far_items import AWAY_SECONDS, MAX_A_BATCH, MAX_A_HOST, MAX_FAR, MAX_HOSTS, PATIENCE, FarItems, host_of
from app.batches.store import WaitingItem


def items(host: str, numbers: range) -> list[WaitingItem]:
    """Items that wait for something of a host."""
    return [WaitingItem(n, None, {"kind": "url", "at": f"http://{host}/{n}"}, None) for n in numbers]


def test_one_host_leaves_room_for_another() -> None:
    """However many items of one host stand first, those of another begin beside them."""
    far = FarItems()
    many = items("one.example", range(100))

    assert len(far.choose("a", many)) == MAX_A_HOST
    assert far.choose("a", many[MAX_A_HOST:]) == []
    assert [item.n for item in far.choose("a", [*many[MAX_A_HOST:], *items("two.example", range(200, 210))])] == [
        200,
        201,
    ]
    assert len(far.of_batch("a")) == MAX_A_BATCH


def test_one_host_is_one_however_it_is_spelt() -> None:
    """Upper case, a dot at its end, its port said, another alphabet's form: none gets it a further place."""
    spellings = ["bücher.example", "BÜCHER.example.", "xn--bcher-kva.example:80", "xn--bcher-kva.Example"]
    many = [item for n, host in enumerate(spellings) for item in items(host, range(4 * n, 4 * n + 4))]

    assert len(FarItems().choose("a", many)) == MAX_A_HOST
    numbers = [items(host, range(1))[0] for host in ("127.0.0.1", "127.1", "2130706433", "0x7f.1", "[::ffff:7f00:1]")]
    assert {host_of(item) for item in numbers} == {"127.0.0.1:80"}
    assert host_of(items("::1", range(1))[0]) == ""


def test_hosts_take_turns() -> None:
    """Where several hosts wait, each has its share."""
    chosen = FarItems().choose("a", items("one.example", range(10)) + items("two.example", range(10, 20)))

    assert sorted(item.n for item in chosen) == [0, 1, 2, 3, 10, 11, 12, 13]


def test_one_batch_leaves_room_for_another_and_all_have_a_bound() -> None:
    """A batch has so many, and all together have so many; one that ends makes room for one."""
    far = FarItems()
    begun = {name: far.choose(name, items(f"{name}.example", range(10))) for name in "abcdefgh"}

    assert len(begun["a"]) == MAX_A_HOST
    assert sum(map(len, begun.values())) == MAX_FAR
    assert begun["h"] == []
    far.end("a", begun["a"][0].n)
    assert len(far.choose("h", items("h.example", range(10)))) == 1


def test_a_host_that_does_not_answer_is_left_alone_for_a_while() -> None:
    """After so many failures in a row; then one more failure is enough, and one answer forgives all."""
    far = FarItems()
    for _ in range(PATIENCE - 1):
        far.note("one.example", 0, answered=False)
    assert not far.is_away("one.example", 0)

    far.note("one.example", 0, answered=False)
    assert far.is_away("one.example", AWAY_SECONDS / 2)
    assert not far.is_away("two.example", AWAY_SECONDS / 2)
    assert not far.is_away("one.example", AWAY_SECONDS)
    far.note("one.example", AWAY_SECONDS, answered=False)
    assert far.is_away("one.example", AWAY_SECONDS + 1)
    far.note("one.example", 3 * AWAY_SECONDS, answered=True)
    far.note("one.example", 3 * AWAY_SECONDS, answered=False)
    assert not far.is_away("one.example", 3 * AWAY_SECONDS)


def test_only_so_many_hosts_are_remembered() -> None:
    """A manifest of as many dead hosts as one likes takes no memory that grows."""
    far = FarItems()
    for n in range(2 * MAX_HOSTS):
        far.note(f"{n}.example", 0, answered=False)

    assert len(far._failures) == MAX_HOSTS
