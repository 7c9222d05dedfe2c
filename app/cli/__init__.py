"""The roof: the `transom` command. It may import anything and is imported by nothing."""
