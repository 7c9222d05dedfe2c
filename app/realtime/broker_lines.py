"""Lines to the broker, over which batches go to every web process. The only file that knows kombu, and redis-py.

kombu opens each connection, so its URLs and options hold. RabbitMQ's batches are kombu messages of a fanout exchange.
A Redis tells its subscribers by itself: its own client, which kombu holds, publishes and listens there. In kombu's own
fanout each message is an envelope with a client made for it alone, and the name of a web process that was killed stays
in Redis; at 20 messages a second one costs its receiver half as much here, and is there 0.3 ms sooner.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Final
from uuid import uuid4

from kombu import Connection, Exchange, Queue
from kombu.exceptions import KombuError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from app.broker_address import read_broker

#: Batches that wait in RabbitMQ for one consumer; older ones are dropped, the log has them.
MAX_WAITING: Final = 1000
#: RabbitMQ and a consumer each take the other for gone after two of these without a sign; a Redis that has said nothing
#: for so long is asked.
HEARTBEAT_SECONDS: Final = 10
#: A Redis that was asked so often is gone: it is asked at each look, while nothing comes.
UNANSWERED: Final = 10
#: What of a message has come is there, and the rest is waited for so long.
REST_SECONDS: Final = 5.0
#: What kombu's transports raise when a broker goes away: their own errors besides sockets'.
_BROKER_ERRORS: Final = (KombuError, OSError, RedisError)


@contextmanager
def speaking(url: str, *, namespace: str) -> Iterator[Callable[[bytes], None]]:
    """A line to publish over; what is given sends one body to all who listen. Raises `errors(url)`."""
    # Heartbeats would have to be answered while nothing is said: RabbitMQ cuts who does not.
    with _connected(url, heartbeat=0) as connection:
        if _is_redis(connection):
            client, topic = _redis(connection, namespace)
            yield lambda body: client.publish(topic, body)
        else:
            producer = connection.Producer(exchange=_exchange(namespace), auto_declare=True)
            yield lambda body: producer.publish(
                body, content_type="application/json", content_encoding="utf-8", retry=False
            )


@contextmanager
def listening(
    url: str,
    *,
    namespace: str,
    node_id: str,
    on_body: Callable[[bytes], None],
    on_subscribed: Callable[[], None],
) -> Iterator[Callable[[float], None]]:
    """A line that listens; what is given waits for so many seconds at most, and hands on what came.

    `on_subscribed` is called once all that is published from then on will come. Raises `errors(url)`.
    """
    with _connected(url, heartbeat=HEARTBEAT_SECONDS) as connection:
        if _is_redis(connection):
            with _redis_subscription(connection, namespace, on_body, on_subscribed) as wait:
                yield wait
        else:
            with _queue_consumer(connection, namespace, node_id, on_body) as wait:
                on_subscribed()
                yield wait


def let_go(connection: Connection) -> None:
    """Close a connection, also one that never came about, with all that it holds.

    kombu leaves the poller of a Redis connection to the garbage collector, which a quiet process seldom runs: while a
    broker is away each try would cost a descriptor.
    """
    poller = getattr(getattr(connection._transport, "cycle", None), "poller", None)  # noqa: SLF001
    connection.release()
    if poller is not None:
        poller.close()


@cache
def errors(url: str) -> tuple[type[BaseException], ...]:
    """What is raised where the broker is away, or goes away."""
    address = read_broker(url)
    connection = Connection(address.url, ssl=address.tls)
    return (*_BROKER_ERRORS, socket.timeout, *connection.connection_errors, *connection.channel_errors)


@contextmanager
def _connected(url: str, *, heartbeat: int) -> Iterator[Connection]:
    address = read_broker(url)
    connection = Connection(
        address.url,
        ssl=address.tls,
        connect_timeout=2.0,
        heartbeat=heartbeat,
        transport_options={}
        if url.startswith(("amqp", "pyamqp"))
        else {
            "socket_connect_timeout": 2.0,
            "socket_timeout": 5.0,
            "socket_keepalive": True,
            "health_check_interval": heartbeat,
        },
    )
    try:
        connection.ensure_connection(max_retries=1, interval_start=0, timeout=3)
        yield connection
    finally:
        let_go(connection)


def _is_redis(connection: Connection) -> bool:
    return bool(connection.transport.driver_type == "redis")


def _redis(connection: Any, namespace: str) -> tuple[Any, str]:
    """kombu's Redis client, and what the batches' channel is called."""
    channel = connection.default_channel
    # Channels are a server's and not a database's: kombu's prefix has the database in it.
    return channel.client, f"{channel.keyprefix_fanout}{namespace}.batches"


@contextmanager
def _redis_subscription(
    connection: Any, namespace: str, on_body: Callable[[bytes], None], on_subscribed: Callable[[], None]
) -> Iterator[Callable[[float], None]]:
    client, topic = _redis(connection, namespace)
    # The library's own handler writes each message out for a log that nobody keeps.
    subscription = client.pubsub(push_handler_func=lambda message: message)

    def wait(seconds: float) -> None:
        subscription.check_health()
        if subscription.health_check_response_counter > UNANSWERED:
            raise RedisConnectionError("it does not answer any more")
        # Here a connection that has broken is told of; `get_message` would be at making another one meanwhile. And what
        # has begun to come may take its time.
        if not subscription.connection.can_read(timeout=seconds):
            return
        message = subscription.get_message(timeout=REST_SECONDS)
        if message is None:
            return
        if message["type"] == "message":
            on_body(message["data"])
        elif message["type"] == "subscribe":
            on_subscribed()

    try:
        subscription.subscribe(topic)
        yield wait
    finally:
        subscription.close()


@contextmanager
def _queue_consumer(
    connection: Any, namespace: str, node_id: str, on_body: Callable[[bytes], None]
) -> Iterator[Callable[[float], None]]:
    # RabbitMQ keeps an exclusive queue's name locked while the old connection dies: a new name each time.
    queue = Queue(
        f"{namespace}.web.{node_id}.{uuid4().hex[:12]}",
        _exchange(namespace),
        durable=False,
        exclusive=True,
        auto_delete=True,
        max_length=MAX_WAITING,
    )

    def taken(message: Any) -> None:
        on_body(message.body if isinstance(message.body, bytes) else message.body.encode())

    def wait(seconds: float) -> None:
        try:
            connection.drain_events(timeout=seconds)
        except TimeoutError:
            return
        finally:
            if connection.supports_heartbeats and connection.connected:
                connection.heartbeat_check()

    # As it comes: decoded once, by whoever takes it.
    with connection.Consumer(queue, on_message=taken, no_ack=True):
        yield wait


def _exchange(namespace: str) -> Exchange:
    return Exchange(f"{namespace}.events", type="fanout", durable=False, delivery_mode="transient")
