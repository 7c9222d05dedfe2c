"""The database: its tables, its migrations, and the two ways to open a transaction."""
