"""Files that arrive piece by piece, past proxies that cap bodies or cut connections, and wait for a job."""
