"""One innovation: its page, what its sources say side by side, its history, the same as data, its pictures."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import abort, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.exceptions import HTTPException

from ekopi.catalogue import policy, quality, telling, words
from ekopi.catalogue.fields import FIELDS
from ekopi.catalogue.models import Innovation
from ekopi.catalogue.queries import facets, pictures
from ekopi.catalogue.queries import history as happened
from ekopi.catalogue.queries import innovation as queries
from ekopi.catalogue.queries.innovation import InnovationPage
from ekopi.catalogue.views import blueprint
from ekopi.core import files
from ekopi.core.guards import found, public
from ekopi.core.web import absolute

KEPT_SHORT = "public, max-age=300"


class Moved(HTTPException):
    """The innovation stands elsewhere for good: merged, or under a newer title."""

    code = 301

    def __init__(self, location: str):
        super().__init__(response=redirect(location, 301))


def known(innovation: Innovation | None) -> Innovation:
    """The living innovation; 404 for an unknown one, 410 for one that was withdrawn, 301 for a merged one."""
    innovation = found(innovation)
    if innovation.state == "merged":
        living = found(queries.living_id(innovation.id))
        args = {**(request.view_args or {}), "innovation_id": living}
        if "slug" in args:
            args["slug"] = found(queries.innovation(living, current_user)).slug
        raise Moved(url_for(request.endpoint or "", **args))
    if innovation.state == "withdrawn":
        abort(410)
    return innovation


def in_place(innovation: Innovation, slug: str) -> None:
    """301 to the address of today's title when it was asked for by another one."""
    if slug != innovation.slug:
        args = {**(request.view_args or {}), "slug": innovation.slug}
        raise Moved(url_for(request.endpoint or "", **args))


@blueprint.get("/katalog/<int:innovation_id>")
@public
def short(innovation_id):
    """The short address, for sharing and citing: it lives as long as the id does."""
    innovation = known(queries.innovation(innovation_id, current_user))
    return redirect(telling.address(innovation), 301)


@blueprint.get("/katalog/<int:innovation_id>-<slug>")
@public
def innovation(innovation_id, slug):
    page = found(queries.innovation_page(innovation_id, current_user))
    in_place(known(page.innovation), slug)
    may_edit = policy.may_edit(current_user, page.carers)
    shared = absolute(f"/katalog/{innovation_id}")
    return render_template(
        "catalogue/innovation.html",
        page=page,
        innovation=page.innovation,
        state=words.STATES[page.state],
        place=telling.place(page),
        lead=telling.lead(page),
        sections=telling.sections(page),
        facts=telling.facts(page),
        steps=words.STEPS,
        tabs=_tabs(page.innovation, len(page.records)),
        citation=telling.citation(page),
        schema_org=telling.schema_org(page),
        shared=shared,
        share_url="https://wa.me/?text=" + quote(f"{page.innovation.title} {shared}"),
        may_edit=may_edit,
        mending=_mending(page) if may_edit else [],
        address=telling.address,
    )


def _mending(page: InnovationPage) -> list[tuple[int, str]]:
    """(points of 20, what to do) of each part of the quality score that is not full."""
    facts = {name: chosen.value for name, chosen in page.shown.items()}
    parts = quality.parts(facts, owned=page.innovation.owner_id is not None)
    return [(points, str(quality.MENDING[part])) for part, points in parts.items() if points < 20]


def _tabs(innovation: Innovation, records: int) -> list[tuple[str, str, str]]:
    here = telling.address(innovation)
    return [
        ("innovation", _("Inovasi"), here),
        ("sources", _("Catatan Sumber (%(n)s)", n=records), f"{here}/sumber"),
        ("history", _("Riwayat"), f"{here}/riwayat"),
    ]


@blueprint.get("/katalog/<int:innovation_id>-<slug>/sumber")
@public
def sources(innovation_id, slug):
    """What each source says, field by field, beside what is shown."""
    innovation = known(queries.innovation(innovation_id, current_user))
    in_place(innovation, slug)
    page = queries.told(innovation)
    return render_template(
        "catalogue/sources.html",
        page=page,
        innovation=innovation,
        tabs=_tabs(innovation, len(page.records)),
        headings=[_("Bidang"), *(words.source_name(record.source.key) for record in page.records)],
        rows=_side_by_side(page),
        may_split=len(page.records) > 1 and policy.may_curate(current_user),
        source_name=words.source_name,
    )


def _plain(name: str, value: Any, regions: dict[str, str]) -> str:
    return regions.get(value, value or "") if name == "region_code" else happened.as_lines(name, value)


def _side_by_side(page: InnovationPage) -> list[dict]:
    """For each field that any source fills: its words in each record, which of them is shown."""
    rows = []
    codes = {record.facts["region_code"] for record in page.records if record.facts.get("region_code")}
    regions = facets.region_names(codes) if codes else {}
    for name, known_field in FIELDS.items():
        said = [record.facts.get(name) for record in page.records]
        if all(value in (None, "", []) for value in said):
            continue
        chosen = page.shown.get(name)
        shown_id = chosen.record_id if chosen else 0
        several = sum(value not in (None, "", []) for value in said) > 1
        cells = [
            {"plain": _plain(name, value, regions), "shown": several and shown_id == record.id}
            for record, value in zip(page.records, said, strict=True)
        ]
        rows.append({"label": str(known_field.label), "cells": cells, "by_person": shown_id is None})
    return rows


@blueprint.get("/katalog/<int:innovation_id>-<slug>/riwayat")
@public
def history(innovation_id, slug):
    innovation = known(queries.innovation(innovation_id, current_user))
    in_place(innovation, slug)
    may_edit = policy.may_edit(current_user, queries.carers(innovation))
    happenings, more = happened.history(innovation, names=may_edit)
    return render_template(
        "catalogue/history.html",
        innovation=innovation,
        tabs=_tabs(innovation, queries.record_count(innovation.id)),
        happenings=happenings,
        more=more,
    )


@blueprint.get("/katalog/<int:innovation_id>.json")
@public
def as_json(innovation_id):
    """The same page as data; with an ETag, so that nobody needs to fetch what has not changed."""
    page = found(queries.innovation_page(innovation_id, current_user))
    known(page.innovation)
    answer = jsonify(telling.as_json(page))
    if not current_user.is_authenticated:
        answer.headers["Cache-Control"] = KEPT_SHORT
    answer.add_etag()
    return answer.make_conditional(request)


@blueprint.get("/katalog/gambar/<sha256>")
@public
def picture(sha256):
    """A picture of a source's text, by the hash under which the text names it."""
    return files.send(found(pictures.upload(sha256)), as_attachment=False)
