"""A small RDF graph, written as Turtle and as JSON-LD: nodes with a type and properties, by prefixed names."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

PREFIXES = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_IRI_ESCAPES = {ord(c): f"%{ord(c):02X}" for c in '<>"{}|^`\\ ' + "".join(map(chr, range(33)))}
_TEXT_ESCAPES = str.maketrans(
    {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
)


@dataclass(frozen=True)
class Iri:
    """An address; characters that no address may hold are percent-encoded."""

    value: str

    def __str__(self) -> str:
        return self.value.translate(_IRI_ESCAPES)


@dataclass(frozen=True)
class Text:
    """Words in a language, or a value of a datatype ("xsd:date")."""

    value: str
    language: str = ""
    datatype: str = ""


@dataclass(frozen=True)
class Node:
    """A thing; without an address it is blank and stands inside of the one that names it."""

    types: tuple[str, ...]
    properties: Mapping[str, Sequence[Any]]
    """Prefixed name -> Iri, Text and Node values."""
    iri: str = ""


def turtle(nodes: Sequence[Node]) -> str:
    """The graph as Turtle; nodes with an address stand at the top, also those that others name."""
    lines = [f"@prefix {prefix}: <{iri}> ." for prefix, iri in sorted(PREFIXES.items())]
    for node in _top(nodes):
        lines += ["", f"<{Iri(node.iri)}>{_properties(node, '    ')} ."]
    return "\n".join(lines) + "\n"


def json_ld(nodes: Sequence[Node]) -> str:
    """The same graph as JSON-LD, with its context inside: nothing is fetched to read it."""
    graph = [_json(node) for node in _top(nodes)]
    return json.dumps({"@context": PREFIXES, "@graph": graph}, ensure_ascii=False, indent=1) + "\n"


def _top(nodes: Sequence[Node]) -> list[Node]:
    found: dict[str, Node] = {}
    waiting = list(nodes)
    while waiting:
        node = waiting.pop(0)
        if node.iri:
            found.setdefault(node.iri, node)
        waiting += [v for values in node.properties.values() for v in values if isinstance(v, Node)]
    return list(found.values())


def _properties(node: Node, indent: str) -> str:
    said = [f"a {', '.join(node.types)}"]
    for name, values in node.properties.items():
        if values:
            said.append(f"{name} " + ", ".join(_value(value, indent) for value in values))
    return "".join(f"{' ;' if number else ''}\n{indent}{line}" for number, line in enumerate(said))


def _value(value: Any, indent: str) -> str:
    if isinstance(value, Node):
        if value.iri:
            return f"<{Iri(value.iri)}>"
        return f"[{_properties(value, indent + '    ')}\n{indent}]"
    if isinstance(value, Iri):
        return f"<{value}>"
    words = f'"{_printable(value.value).translate(_TEXT_ESCAPES)}"'
    if value.language:
        return f"{words}@{value.language}"
    return f"{words}^^{value.datatype}" if value.datatype else words


def _json(value: Any) -> Any:
    if isinstance(value, Node):
        made: dict[str, Any] = {"@id": str(Iri(value.iri))} if value.iri else {}
        made["@type"] = list(value.types)
        for name, values in value.properties.items():
            if values:
                made[name] = [_reference(v) for v in values]
        return made
    if isinstance(value, Iri):
        return {"@id": str(value)}
    made = {"@value": _printable(value.value)}
    if value.language:
        made["@language"] = value.language
    if value.datatype:
        made["@type"] = value.datatype
    return made


def _reference(value: Any) -> Any:
    return {"@id": str(Iri(value.iri))} if isinstance(value, Node) and value.iri else _json(value)


def _printable(text: str) -> str:
    """Turtle's short strings hold no other control characters."""
    return "".join(c for c in text if c.isprintable() or c in "\n\r\t")
