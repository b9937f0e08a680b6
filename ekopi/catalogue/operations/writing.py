"""A person's words for an innovation: they stand beside those of its sources and change none of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from ekopi.catalogue import writing
from ekopi.catalogue.fields import FIELDS, TITLE_LIMIT
from ekopi.catalogue.merging import Chosen
from ekopi.catalogue.models import FieldChange, FieldChoice, Innovation
from ekopi.catalogue.operations import projecting
from ekopi.catalogue.operations.contacts import refuse_contacts
from ekopi.catalogue.operations.joining import NotLiving
from ekopi.catalogue.queries import innovation as queries
from ekopi.core import audit, clock
from ekopi.core.db import claim
from ekopi.core.errors import Invalid, Stale
from ekopi.extensions import db

WRITTEN = (
    "title", "summary", "problem", "goal", "novelty", "how", "impact", "resources", "sustainability_plan",
    "replication_keys",
)  # fmt: skip
"""Fields that people write, in the order of the form."""


class TitleMissing(Invalid):
    code = "title-missing"
    message = _l("Isi Judul.")


def drafts(shown: Mapping[str, Chosen]) -> dict[str, str]:
    """What each written field says now, as its writer would type it: Markdown, the title as it is."""
    return {name: _typed(name, shown.get(name)) for name in WRITTEN}


def _typed(name: str, chosen: Chosen | None) -> str:
    if chosen is None:
        return ""
    if FIELDS[name].kind != "html":
        return str(chosen.value)
    return chosen.markdown if chosen.markdown is not None else writing.markdown_of(chosen.value)


def write(
    innovation: Innovation,
    texts: Mapping[str, str],
    begun_with: Mapping[str, str],
    *,
    back_to_sources: Collection[str] = (),
    by_id: int,
) -> list[str]:
    """Takes over the fields that were changed; gives back their names.

    `begun_with` has writing.mark of what each field said when the person began: a field that still says it is
    left alone, so two who change different fields do not meet. An emptied text stays away from the page although
    sources have it; `back_to_sources` names fields whose own words are given up.
    Raises Stale (with {field: text} of both) when another has changed the same field since, NotLiving, TitleMissing,
    ContactNamed, text.TextTooLong and text.TextTooSlow.
    """
    claim(innovation)
    if innovation.state != "living":
        raise NotLiving()
    page = queries.told(innovation)
    now = drafts(page.shown)
    wanted = {name: writing.normal(said) for name, said in texts.items() if name in WRITTEN}
    changed = {
        name: said
        for name, said in wanted.items()
        if name not in back_to_sources
        and writing.mark(said) not in (begun_with.get(name), writing.mark(now[name]))
    }
    clash = [name for name in changed if writing.mark(now[name]) != begun_with.get(name)]
    if clash:
        raise Stale({name: changed[name] for name in clash}, {name: now[name] for name in clash})
    if "title" in changed and not changed["title"]:
        raise TitleMissing("title")
    refuse_contacts(changed)
    own = {choice.field: choice for choice in _own_choices(innovation.id)}
    done = [
        _set(innovation, name, said, page.shown.get(name), own.get(name), by_id)
        for name, said in changed.items()
    ]
    done += [
        _give_up(innovation, own[name], page.shown.get(name), by_id)
        for name in WRITTEN
        if name in back_to_sources and name in own
    ]
    if done:
        db.session.flush()
        audit.record("innovation.edited", "innovation", innovation.id, actor_id=by_id, fields=done)
        projecting.project([innovation.id])
    return done


def own_fields(innovation_id: int) -> set[str]:
    """Fields that have words or choices of persons of their own."""
    return {choice.field for choice in _own_choices(innovation_id)}


def _own_choices(innovation_id: int):
    return db.session.scalars(select(FieldChoice).where(FieldChoice.innovation_id == innovation_id)).all()


def _set(innovation, name: str, said: str, before: Chosen | None, own: FieldChoice | None, by_id: int) -> str:
    value: dict[str, Any] = {"is": " ".join(said.split())[:TITLE_LIMIT]}
    if FIELDS[name].kind == "html":
        value = {"is": writing.html_of(said, before=str(before.value) if before else ""), "markdown": said}
    if own is None:
        own = FieldChoice(innovation_id=innovation.id, field=name, by_id=by_id)
        db.session.add(own)
    own.value, own.record_id, own.by_id, own.at = value, None, by_id, clock.now()
    _note(innovation, name, before, {"is": value["is"]}, by_id)
    return name


def _give_up(innovation, own: FieldChoice, before: Chosen | None, by_id: int) -> str:
    db.session.delete(own)
    _note(innovation, own.field, before, None, by_id)
    return own.field


def _note(innovation, name: str, before: Chosen | None, new: dict | None, by_id: int) -> None:
    old = {"is": before.value} if before else None
    db.session.add(FieldChange(innovation_id=innovation.id, field=name, old=old, new=new, by_id=by_id))
