"""The words of the page that not everybody knows, each with what it means."""

from __future__ import annotations

from typing import Final

#: The meanings are HTML.
WORDS: Final = (
    (
        "Transom",
        "A server on which people watch jobs (the analysis of films and pictures) while they run. Their browsers and "
        "programs need messages from it the moment they are made; machines on the way may hold those back, or cut the "
        "connection.",
    ),
    (
        "Proxy",
        "A machine or a program that takes requests and passes them on to the server. Some stand before the users (web "
        "filters, secure web gateways), some before the server (nginx, Apache, HAProxy, load balancers).",
    ),
    (
        "WebSocket",
        "A connection that stays open, over which both sides speak at any time. It begins as an ordinary request with "
        "the headers <code>Connection: Upgrade</code> and <code>Upgrade: websocket</code>, which the server answers "
        "with the status 101. Through a proxy that browsers are told of, they open it with the method "
        "<code>CONNECT</code>.",
    ),
    (
        "Event stream (Server-Sent Events)",
        "An ordinary answer of the type <code>text/event-stream</code> that goes on for minutes: a few lines now and "
        "then. It is of use only if each piece is passed on as it comes.",
    ),
    (
        "Long poll",
        "A request that the server answers when there is something new, or after up to 55 s. It works nearly "
        "everywhere, and is what is left when the other two fail: later, and at more cost.",
    ),
    (
        "GET and POST",
        "The two usual kinds of requests: <code>GET</code> asks for something, <code>POST</code> sends something "
        "along.",
    ),
    (
        "Body",
        "The content of a request or an answer, after its headers. The body of a request is what is uploaded.",
    ),
    (
        "Via, Server",
        "Headers (lines before the content) in which proxies and servers may say who they are. Transom writes neither.",
    ),
    (
        "403, 413, 504",
        "Statuses of answers: 403 is “not allowed”, 413 “too large”, 504 “the server did not answer in time”, said by "
        "a machine before it.",
    ),
    (
        "Load balancer",
        "A machine or a program that stands before servers and shares the requests out among them, such as HAProxy. "
        "There may be only one server behind it.",
    ),
    ("Appliance", "A machine that is bought ready-made for one purpose, and set up on pages of its own."),
    ("Time-out", "How long a machine waits before it gives up and cuts a connection."),
    ("Silent", "Nothing is sent for a while, such as by a job that has nothing to say. The connection is sound."),
    (
        "Buffering",
        "Gathering an answer and passing it on later, in one piece. The header <code>X-Accel-Buffering: no</code>, "
        "which Transom sends, asks proxies not to do that. nginx obeys it, unless it is told to ignore it by "
        "<code>proxy_ignore_headers</code>.",
    ),
)
