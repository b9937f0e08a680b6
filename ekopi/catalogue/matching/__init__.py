"""Which records speak of one innovation: keys, candidates, a score with its reasons, and how well that works.

Nothing here joins anything: operations/joining.py does, with what `pairs` gives.
"""

from __future__ import annotations

from typing import Any


def pairs(record_ids: Any) -> Any:
    """See finding.pairs; imported when it is used, since keys and score need no database."""
    from ekopi.catalogue.matching import finding

    return finding.pairs(record_ids)
