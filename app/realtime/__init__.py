"""The stream, bottom to top: wire contract, cursor, log, bus, relay, hub, routers."""
