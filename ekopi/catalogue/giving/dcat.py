"""The catalogue's description as DCAT-AP 3.0.1: what can be had, where, in which format, from whom.

Only what really exists is described: a dump counts once its file is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ekopi.catalogue.given import Origin
from ekopi.catalogue.giving.graph import Iri, Node, Text
from ekopi.catalogue.giving.markup import moment

IANA = "http://www.iana.org/assignments/media-types/"
FILE_TYPES = "http://publications.europa.eu/resource/authority/file-type/"
LANGUAGE = Node(
    ("dct:LinguisticSystem",), {}, "http://publications.europa.eu/resource/authority/language/IND"
)
PUBLIC = Node(
    ("dct:RightsStatement",), {}, "http://publications.europa.eu/resource/authority/access-right/PUBLIC"
)
INDONESIA = Node(("dct:Location",), {}, "http://publications.europa.eu/resource/authority/country/IDN")


@dataclass(frozen=True)
class File:
    """A dump that lies ready."""

    path: str
    title: str
    media_type: str
    kind: str
    """Its name in the EU's list of file types, e.g. CSV."""
    size: int
    at: datetime
    compressed: bool = False


@dataclass(frozen=True)
class Site:
    """Who gives, and from where. `mail` may be empty."""

    address: str
    publisher: str
    mail: str


def catalogue(
    site: Site, *, sources: Sequence[Origin], changed_at: datetime | None, records: int, files: Sequence[File]
) -> list[Node]:
    """The graph: one catalogue, one dataset, its distributions."""
    publisher = Node(
        ("foaf:Agent",), {"foaf:name": [Text(site.publisher, "id")]}, f"{site.address}/katalog/dcat#penerbit"
    )
    dataset_iri = f"{site.address}/katalog/dcat#inovasi"
    dataset = Node(
        ("dcat:Dataset",),
        {
            "dct:title": [Text("Katalog Inovasi EKOPI", "id"), Text("EKOPI catalogue of innovations", "en")],
            "dct:description": [
                Text(
                    f"Inovasi sektor publik Indonesia dari beberapa sumber, digabungkan: {records} inovasi.",
                    "id",
                ),
                Text(
                    f"Public sector innovations of Indonesia from several sources, joined: {records} records.",
                    "en",
                ),
            ],
            "dct:identifier": [Text("ekopi-inovasi")],
            "dct:publisher": [publisher],
            "dcat:contactPoint": _contact(site),
            "dcat:keyword": [Text("inovasi", "id"), Text("pelayanan publik", "id"), Text("innovation", "en")],
            "dcat:landingPage": [Node(("foaf:Document",), {}, f"{site.address}/katalog")],
            "dct:language": [LANGUAGE],
            "dct:spatial": [INDONESIA],
            "dct:accessRights": [PUBLIC],
            "dct:modified": [_moment(changed_at)] if changed_at else [],
            "dct:provenance": _provenance(sources),
            "dcat:distribution": [
                _json_feed(site, sources),
                _oai_feed(site, sources),
                *_files(site, sources, files),
            ],
        },
        dataset_iri,
    )
    return [
        Node(
            ("dcat:Catalog",),
            {
                "dct:title": [Text("Data terbuka EKOPI", "id"), Text("Open data of EKOPI", "en")],
                "dct:description": [
                    Text("Katalog data terbuka Ekosistem Pengetahuan Inovasi (EKOPI).", "id"),
                    Text("The open data of EKOPI, Indonesia's ecosystem of innovation knowledge.", "en"),
                ],
                "dct:publisher": [publisher],
                "dct:language": [LANGUAGE],
                "dct:spatial": [INDONESIA],
                "foaf:homepage": [Node(("foaf:Document",), {}, f"{site.address}/katalog")],
                "dct:modified": [_moment(changed_at)] if changed_at else [],
                "dcat:dataset": [dataset],
            },
            f"{site.address}/katalog/dcat",
        )
    ]


def _json_feed(site: Site, sources: Sequence[Origin]) -> Node:
    address = f"{site.address}/api/inolands"
    return _distribution(
        f"{site.address}/katalog/dcat#inolands", address, "JSON dalam bentuk Inoland", "application/json", "JSON", sources,
        {"dcat:downloadURL": [_resource(address)]},
    )  # fmt: skip


def _oai_feed(site: Site, sources: Sequence[Origin]) -> Node:
    """A distribution, though it is a service: the shapes of DCAT-AP 3.0.1 refer for services to two rules that they
    do not hold, and validators stop there.
    """
    address = f"{site.address}/oai?verb=ListRecords&metadataPrefix=oai_dc"
    return _distribution(
        f"{site.address}/katalog/dcat#dublin-core",
        address,
        "Dublin Core melalui OAI-PMH",
        "application/xml",
        "XML",
        sources,
        {},
    )


def _files(site: Site, sources: Sequence[Origin], files: Sequence[File]) -> list[Node]:
    made = []
    for file in files:
        address = site.address + file.path
        more: dict[str, list] = {
            "dcat:downloadURL": [_resource(address)],
            "dcat:byteSize": [Text(str(file.size), datatype="xsd:nonNegativeInteger")],
            "dct:modified": [_moment(file.at)],
        }
        if file.compressed:
            more["dcat:compressFormat"] = [_media_type("application/gzip")]
        made.append(
            _distribution(
                f"{address}#distribusi", address, file.title, file.media_type, file.kind, sources, more
            )
        )
    return made


def _distribution(
    iri: str, address: str, title: str, media_type: str, kind: str, sources, more: dict
) -> Node:
    return Node(
        ("dcat:Distribution",),
        {
            "dct:title": [Text(title, "id")],
            "dcat:accessURL": [_resource(address)],
            "dcat:mediaType": [_media_type(media_type)],
            "dct:format": [Node(("dct:MediaTypeOrExtent",), {}, FILE_TYPES + kind)],
            "dct:language": [LANGUAGE],
            "dct:rights": [Node(("dct:RightsStatement",), {"rdfs:label": [Text(rights(sources), "id")]})],
            **more,
        },
        iri,
    )


def rights(sources: Sequence[Origin]) -> str:
    """What is known of the licences: each source's own words, and that the others state none."""
    stated = [f"{source.name}: {source.licence}" for source in sources if source.licence]
    silent = [source.name for source in sources if not source.licence]
    parts = [*stated, *([f"tanpa lisensi yang dinyatakan: {', '.join(silent)}"] if silent else [])]
    return "Hak tiap sumber berlaku" + (": " + "; ".join(parts) if parts else "") + "."


def _provenance(sources: Sequence[Origin]) -> list[Node]:
    if not sources:
        return []
    told = ", ".join(source.name for source in sources)
    return [Node(("dct:ProvenanceStatement",), {"rdfs:label": [Text(f"Dihimpun dari {told}.", "id")]})]


def _contact(site: Site) -> list[Node]:
    if not site.mail:
        return []
    return [
        Node(
            ("vcard:Kind", "vcard:Organization"),
            {"vcard:fn": [Text(site.publisher)], "vcard:hasEmail": [Iri(f"mailto:{site.mail}")]},
        )
    ]


def _resource(address: str) -> Node:
    return Node(("rdfs:Resource",), {}, address)


def _media_type(name: str) -> Node:
    return Node(("dct:MediaType",), {}, IANA + name)


def _moment(value: datetime) -> Text:
    return Text(moment(value), datatype="xsd:dateTime")
