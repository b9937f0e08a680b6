"""/katalog/dcat.ttl and .jsonld: one graph in two writings, which DCAT-AP's own rules accept."""

from __future__ import annotations

from pathlib import Path

import pyshacl
import pytest
import rdflib
from rdflib.compare import isomorphic
from rdflib.namespace import DCAT, DCTERMS, RDF

from ekopi.catalogue.giving.graph import Iri, Node, Text, json_ld, turtle
from ekopi.catalogue.operations import dumping
from tests.catalogue.giving import make

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
"""Of rdflib, thousands of them."""
SHAPES = Path(__file__).parents[4] / "shared" / "data" / "dcat-ap-3.0.1-shacl.ttl"
"""The rules as the EU publishes them; they are not part of the repository."""


def graph(client, ending="ttl") -> rdflib.Graph:
    answer = client.get(f"/katalog/dcat.{ending}")
    assert answer.status_code == 200
    kinds = {"ttl": ("text/turtle", "turtle"), "jsonld": ("application/ld+json", "json-ld")}
    assert answer.mimetype == kinds[ending][0]
    return rdflib.Graph().parse(data=answer.text, format=kinds[ending][1])


def conforms(read: rdflib.Graph) -> tuple[bool, str]:
    if not SHAPES.exists():
        pytest.skip("../shared with the shapes of DCAT-AP is not there")
    good, _report, words = pyshacl.validate(read, shacl_graph=str(SHAPES))
    return good, words


@pytest.mark.parametrize("filled", [False, True])
def test_it_conforms_to_dcat_ap(client, db, filled):
    if filled:
        make.innovation(key="iga")
        make.innovation(key="inoland")
        db.session.commit()
        dumping.write()
    try:
        good, words = conforms(graph(client))
    finally:
        for path in dumping.folder().glob("*"):
            path.unlink()
    assert good, words


@pytest.mark.parametrize(
    "left_out", [DCTERMS.title, DCTERMS.description, DCAT.accessURL, (None, RDF.type, DCTERMS.MediaType)]
)
def test_what_is_left_out_would_be_noticed(client, left_out):
    """The control: without a title, an address or a class the rules are broken."""
    read = graph(client)
    read.remove(left_out if isinstance(left_out, tuple) else (None, left_out, None))
    assert not conforms(read)[0]


def test_both_writings_say_the_same(client):
    make.innovation(key="iga")
    assert isomorphic(graph(client), graph(client, "jsonld"))


def test_every_address_it_names_answers(client):
    make.innovation(key="iga")
    read = graph(client)
    named = [*read.objects(None, DCAT.accessURL), *read.objects(None, DCAT.downloadURL)]
    assert len(named) >= 3
    for address in named:
        path = str(address).removeprefix("http://127.0.0.1:8000")
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert "<error" not in answer.text[:2000]


def test_sources_and_their_rights_are_told(client):
    make.innovation(key="iga")
    make.source("sinovik").licence = "Lisensi Uji"
    make.innovation(key="sinovik")
    told = "".join(str(o) for o in graph(client).objects())
    assert "Lisensi Uji" in told
    assert make.source("iga").name in told and make.source("jippnas").name not in told


def test_it_is_kept_until_something_changes(client):
    etag = client.get("/katalog/dcat.ttl").headers["ETag"]
    assert client.get("/katalog/dcat.ttl", headers={"If-None-Match": etag}).status_code == 304
    make.innovation()
    assert client.get("/katalog/dcat.ttl", headers={"If-None-Match": etag}).status_code == 200


def test_any_text_and_address_can_be_written():
    """Quotes, lines, control characters, brackets in addresses: both writings are read back to the same graph."""
    hostile = 'a "b" \\ c\nd\te\x07 <x> \u2028 😀'
    node = Node(
        ("dcat:Dataset",),
        {
            "dct:title": [Text(hostile, "id")],
            "dct:source": [Iri('https://contoh.id/a b<c>"{}|^`\\')],
            "dcat:keyword": [Text(hostile)],
            "dct:isPartOf": [Node(("dcat:Dataset",), {"dct:title": [Text("di dalam")]})],
        },
        "https://contoh.id/<data>",
    )
    one = rdflib.Graph().parse(data=turtle([node]), format="turtle")
    other = rdflib.Graph().parse(data=json_ld([node]), format="json-ld")
    assert len(one) == 7 and isomorphic(one, other)
    assert (
        str(next(one.objects(None, DCTERMS.source))) == "https://contoh.id/a%20b%3Cc%3E%22%7B%7D%7C%5E%60%5C"
    )
