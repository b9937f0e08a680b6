"""What a file may hold at most."""

from __future__ import annotations

MIB = 1024 * 1024
FILE = 200 * MIB
UNPACKED = 1024 * MIB
"""Of all parts of a workbook together; they are never unpacked to memory or disk, only read through."""
RATIO = 200
"""Unpacked size by packed size of one part of a workbook."""
PARTS = 2_000
ROWS = 500_000
COLUMNS = 200
CELL = MIB
"""Characters of a cell of a table."""
TEXT = 8 * MIB
"""Characters of a text in JSON: pictures stand inside of texts there."""
ITEM = 16 * MIB
"""Characters of one record in JSON."""
LINE = 4 * MIB
"""Characters of one line of a table; a row of several lines may have twice as many."""
DEPTH = 64
HEADER_WITHIN = 20
"""Rows in which the names of the columns are looked for; titles often stand above them."""
