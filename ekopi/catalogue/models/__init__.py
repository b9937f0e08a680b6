"""Nouns of the catalogue: sources and what they said, innovations and who chose their words, replications, kept searches."""

from __future__ import annotations

from ekopi.catalogue.models.innovations import (
    CareOffer,
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
from ekopi.catalogue.models.searches import SavedSearch
from ekopi.catalogue.models.sources import (
    CataloguePicture,
    MatchKey,
    Run,
    RunItem,
    Source,
    SourceRecord,
    SourceRecordVersion,
)

__all__ = [
    "CareOffer", "CataloguePicture", "CoOwner", "FieldChange", "FieldChoice", "Innovation", "InnovationTerm", "Joining", "MatchDecision",
    "MatchKey", "Replication", "ReplicationStep", "Run", "RunItem", "RunningAnswer", "SavedSearch", "Source",
    "SourceRecord", "SourceRecordVersion",
]  # fmt: skip
