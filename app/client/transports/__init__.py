"""The ways a stream can take to a client, one file each, all with the same interface (`transport.py`)."""
