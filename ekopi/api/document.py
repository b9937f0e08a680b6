"""The OpenAPI 3.1 document, made of the declarations that the views use."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from pydantic.json_schema import models_json_schema

from ekopi.accounts import words
from ekopi.api import repeating, v1
from ekopi.api.answering import ROOT
from ekopi.api.declaring import OPERATIONS, Operation
from ekopi.api.shapes import Problem, Shape
from ekopi.core.problems import MEDIA_TYPE

REF = "#/components/schemas/"


def document() -> dict[str, Any]:
    """The whole document, in the reader's language where words are for people."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "EKOPI",
            "version": "1",
            "description": _(
                "Yang terbuka untuk umum dibaca tanpa token. Selebihnya memerlukan token dari halaman Akun, dikirim sebagai “Authorization: Bearer …”."
            ),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": current_app.extensions["settings"].base_url + ROOT}],
        "tags": [{"name": tag} for tag in dict.fromkeys(one.tag for one in OPERATIONS)],
        "paths": _paths(),
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": " ".join(f"{scope}: {said}." for scope, said in words.SCOPES.items()),
                }
            },
            "headers": _headers(),
            "responses": {
                "NotModified": {"description": _("Tidak berubah sejak ETag yang Anda kirim.")},
                "Problem": {
                    "description": _("Ditolak atau tidak ditemukan; isinya menyebut sebabnya."),
                    "content": {
                        MEDIA_TYPE: {"schema": {"$ref": REF + "Problem"}, "example": Problem.EXAMPLE}
                    },
                },
            },
        },
    }


def _paths() -> dict[str, dict]:
    paths: dict[str, dict] = {}
    for one in OPERATIONS:
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one)
    return paths


def _operation(one: Operation) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": one.name,
        "tags": [one.tag],
        "summary": str(one.summary),
        "parameters": [*_parts(one), *_query(one), *_request_headers(one)],
        "responses": _responses(one),
        "security": [*([{}] if one.public else []), {"token": [one.scope] if one.scope else []}],
    }
    if one.more:
        told["description"] = str(one.more)
    if one.body:
        told["requestBody"] = {
            "required": True,
            "content": {
                "application/json": {"schema": {"$ref": REF + one.body.__name__}, "example": one.body.EXAMPLE}
            },
        }
    return told


def _parts(one: Operation) -> list[dict]:
    return [
        {"name": name, "in": "path", "required": True, "schema": part.schema, "example": part.example}
        for name, part in one.parts.items()
    ]


def _query(one: Operation) -> list[dict]:
    if one.query is None:
        return []
    schema = one.query.model_json_schema(ref_template=REF + "{model}")
    required = schema.get("required", ())
    return [
        {"name": name, "in": "query", "required": name in required, "schema": _without_null(said)}
        for name, said in schema["properties"].items()
    ]


def _without_null(schema: dict) -> dict:
    """In an address there is no null: a parameter is there or is not."""
    said = {key: value for key, value in schema.items() if key not in ("title", "default")}
    if "default" in schema and schema["default"] not in (None, []):
        said["default"] = schema["default"]
    kinds = [kind for kind in said.pop("anyOf", []) if kind != {"type": "null"}]
    return {**said, **kinds[0]} if kinds else said


def _request_headers(one: Operation) -> list[dict]:
    if one.method == "GET":
        return []
    schema = {"type": "string", "minLength": 1, "maxLength": repeating.LONGEST, "pattern": "^[!-~]+$"}
    said = _(
        "Kunci acak per permintaan; permintaan yang dikirim lagi dengan kunci yang sama tidak berlaku dua kali."
    )
    return [
        {"name": repeating.HEADER, "in": "header", "required": False, "schema": schema, "description": said}
    ]


def _responses(one: Operation) -> dict[str, dict]:
    body = {"application/json": {"schema": _answer(one), "example": _example(one)}}
    limits = {name: {"$ref": "#/components/headers/" + name} for name in _LIMITS}
    if one.method == "GET":
        tag = {"ETag": {"$ref": "#/components/headers/ETag"}}
        good = {"200": {"description": str(one.summary), "headers": {**tag, **limits}, "content": body}}
        good["304"] = {"$ref": "#/components/responses/NotModified"}
    else:
        place = {"Location": {"$ref": "#/components/headers/Location"}}
        good = {
            "201": {"description": _("Dibuat."), "headers": {**place, **limits}, "content": body},
            "200": {"description": _("Sudah ada."), "headers": {**place, **limits}, "content": body},
        }
    for status in sorted(_statuses(one)):
        good[str(status)] = (
            {
                "description": HTTPStatus(status).phrase,
                "headers": {"Location": {"$ref": "#/components/headers/Location"}},
            }
            if status < 400
            else {"$ref": "#/components/responses/Problem"}
        )
    return good


def _statuses(one: Operation) -> set[int]:
    """What may be answered beside the good: malformed, no token, beyond it, unknown, unreadable, too much, broken."""
    found = {400, 401, 422, 429, 500, 503, *one.refusals}
    if one.scope and not one.public:
        found.add(403)
    if one.parts or one.many:
        found.add(404)
    if one.body:
        found |= {409, 413, 415}
    return found


def _answer(one: Operation) -> dict:
    return {"$ref": REF + _list_name(one) if one.many else REF + one.of.__name__}


def _example(one: Operation) -> dict:
    if not one.many:
        return one.of.EXAMPLE
    after = current_app.extensions["settings"].base_url + ROOT + one.rule + "?after=WzEyXQ"
    return {"data": [one.of.EXAMPLE], "next": after, "previous": None}


def _list_name(one: Operation) -> str:
    return f"{one.of.__name__}List"


def _schemas() -> dict[str, dict]:
    given = {one.of for one in OPERATIONS} | {Problem}
    sent = {one.body for one in OPERATIONS if one.body}
    models: list[tuple[type[Shape], Any]] = [
        (shape, "serialization") for shape in sorted(given, key=lambda shape: shape.__name__)
    ]
    models += [(shape, "validation") for shape in sorted(sent, key=lambda shape: shape.__name__)]
    _map, defined = models_json_schema(models, ref_template=REF + "{model}")
    schemas = {name: _untitled(schema) for name, schema in defined["$defs"].items()}
    # what a problem does not have to say it leaves out
    schemas["Problem"]["required"] = ["type", "title", "status"]
    for one in OPERATIONS:
        if one.many:
            schemas[_list_name(one)] = _list(one)
    return schemas


def _list(one: Operation) -> dict:
    address = {"type": ["string", "null"], "format": "uri"}
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["data", "next", "previous"],
        "properties": {
            "data": {"type": "array", "items": {"$ref": REF + one.of.__name__}},
            "next": address,
            "previous": address,
        },
    }


def _untitled(schema: Any) -> Any:
    """Without the titles that only repeat the names."""
    if isinstance(schema, list):
        return [_untitled(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: {name: _untitled(one) for name, one in value.items()}
        if key == "properties"
        else _untitled(value)
        for key, value in schema.items()
        if key != "title"
    }


_LIMITS = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")


def _headers() -> dict[str, dict]:
    number = {"type": "integer"}
    return {
        "ETag": {"description": _("Kirim lagi sebagai If-None-Match."), "schema": {"type": "string"}},
        "Location": {"description": _("Alamat hasilnya."), "schema": {"type": "string", "format": "uri"}},
        "X-RateLimit-Limit": {
            "description": _("Permintaan per menit, paling banyak %(most)s.", most=v1.A_MINUTE), "schema": number
        },
        "X-RateLimit-Remaining": {"description": _("Yang masih tersisa."), "schema": number},
        "X-RateLimit-Reset": {"description": _("Kapan hitungan diulang (detik Unix)."), "schema": number},
    }  # fmt: skip
