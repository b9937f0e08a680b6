"""Nouns of the catalogue: sources and what they said, innovations and who chose their words, replications."""

from __future__ import annotations

from ekopi.catalogue.models.innovations import (
    CoOwner,
    FieldChange,
    FieldChoice,
    Innovation,
    InnovationTerm,
    Joining,
    MatchDecision,
    RunningAnswer,
)
from ekopi.catalogue.models.replications import Replication, ReplicationStep
from ekopi.catalogue.models.sources import Run, RunItem, Source, SourceRecord, SourceRecordVersion

__all__ = [
    "CoOwner", "FieldChange", "FieldChoice", "Innovation", "InnovationTerm", "Joining", "MatchDecision",
    "Replication", "ReplicationStep", "Run", "RunItem", "RunningAnswer", "Source", "SourceRecord",
    "SourceRecordVersion",
]  # fmt: skip
