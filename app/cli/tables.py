"""Tables: framed on a terminal, one line a row with tabs in between for anything else."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.cli.output import say

_STYLES = {"done": "green", "error": "red", "running": "cyan", "cancelled": "yellow"}


def show_table(columns: list[str], rows: list[list[str]], *, empty: str) -> None:
    """Print a table; `empty` is said on a terminal where there are no rows."""
    console = Console()
    if not console.is_terminal:
        for row in rows:
            say("\t".join(row))
    elif not rows:
        console.print(empty)
    else:
        table = Table(*columns)
        for row in rows:
            table.add_row(*(Text(cell, style=_STYLES.get(cell, "")) for cell in row))
        console.print(table)
