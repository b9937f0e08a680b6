"""The one way out: only allowed hosts, only public addresses, no redirect around either, never longer than asked."""

from __future__ import annotations

import contextlib
import io
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ekopi.core import outward


class Server(ThreadingHTTPServer):
    """A real server on this machine; `pages` are functions of a handler by path, `asked` what came."""

    daemon_threads = True

    def __init__(self):
        self.pages: dict = {}
        self.asked: list[tuple[str, dict]] = []
        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    def at(self, path: str) -> str:
        return f"http://{self.host}{path}"

    def answer(self, path, body=b"", status=200, **headers):
        """Gives this at a path; `Content_Type=…` becomes a header."""

        def give(handler):
            handler.send_response(status)
            for name, value in {"Content_Length": len(body), **headers}.items():
                handler.send_header(name.replace("_", "-"), str(value))
            handler.end_headers()
            handler.wfile.write(body)

        self.pages[path] = give


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
        page = self.server.pages.get(self.path) or self.server.pages.get(self.path.partition("?")[0])
        if page is None:
            self.send_error(404)
            return
        with contextlib.suppress(OSError):  # the one who asked may have gone
            page(self)

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    made = Server()
    yield made
    made.shutdown()
    made.server_close()


def fetch(url, server=None, hosts=None, **more):
    body = io.BytesIO()
    hosts = hosts if hosts is not None else {server.host}
    answer = outward.fetch(url, body, hosts=hosts, **{"limit": 1000, "timeout": 2, "total": 5, **more})
    return answer, body.getvalue()


def test_an_allowed_address_is_fetched_with_its_headers(server):
    server.answer("/a", b"halo", ETag='"x"')
    answer, body = fetch(server.at("/a?b=c"), server, headers={"If-None-Match": '"y"'})
    assert (answer.status, body, answer.headers["etag"]) == (200, b"halo", '"x"')
    path, headers = server.asked[0]
    assert path == "/a?b=c" and headers["if-none-match"] == '"y"' and headers["accept-encoding"] == "identity"
    assert fetch(server.at("/tidak-ada"), server)[0].status == 404


@pytest.mark.parametrize(
    "url",
    ["ftp://{host}/", "file:///etc/passwd", "http://a@{host}/", "http://lain.go.id/", "http://127.0.0.1:1/",
     "http://[::1]/", "http://{host}@lain.go.id/", "http://lain.go.id\\@{host}/", "http://{host}/ x", "//{host}/",
     "http:///", "http://[::1", "http://127.1:{port}/", "http://2130706433:{port}/", "http://localhost:{port}/", ""],
)  # fmt: skip
def test_everything_else_is_not_called(server, url):
    url = url.format(host=server.host, port=server.server_port)
    assert not outward.allowed(url, {server.host})
    with pytest.raises(outward.NotAllowed):
        fetch(url, server)
    assert server.asked == []


def test_a_name_that_leads_inside_is_refused_although_it_is_allowed(server, monkeypatch):
    """The control first: the same name is called when it leads to an address that counts as public."""
    server.answer("/", b"rahasia")
    name = f"layanan.contoh.go.id:{server.server_port}"
    real = socket.getaddrinfo

    def leads_to(*addresses):
        def answer(host, port, *more, **also):
            if host != "layanan.contoh.go.id":
                return real(host, port, *more, **also)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

        monkeypatch.setattr(socket, "getaddrinfo", answer)

    leads_to("127.0.0.1")
    with pytest.raises(outward.NotAllowed):
        fetch(f"http://{name}/", hosts={name})
    leads_to("203.0.114.7", "127.0.0.1")
    with pytest.raises(outward.NotAllowed):
        fetch(f"http://{name}/", hosts={name})
    assert server.asked == []
    leads_to("127.0.0.1")
    monkeypatch.setattr(outward, "public", lambda address: True)
    assert fetch(f"http://{name}/", hosts={name})[1] == b"rahasia"


@pytest.mark.parametrize(
    ("address", "public"),
    [("8.8.8.8", True), ("2606:4700::1111", True), ("127.0.0.1", False), ("10.1.2.3", False), ("172.16.0.1", False),
     ("192.168.1.1", False), ("169.254.169.254", False), ("100.64.0.1", False), ("0.0.0.0", False), ("::1", False),
     ("224.0.0.1", False), ("fe80::1%eth0", False), ("fc00::1", False), ("::ffff:127.0.0.1", False),
     ("64:ff9b::7f00:1", False), ("2002:7f00:1::", False), ("::127.0.0.1", False), ("2001:0:7f00:1::", False), ("x", False)],
)  # fmt: skip
def test_which_addresses_are_public(address, public):
    assert outward.public(address) is public


def test_redirects_are_followed_only_to_where_one_may_go(server):
    server.answer("/ke", status=302, Location="/sana")
    server.answer("/sana", b"sampai")
    server.answer("/luar", status=302, Location="http://169.254.169.254/latest/")
    server.answer("/nama", status=301, Location=f"http://localhost:{server.server_port}/sana")
    server.answer("/berkas", status=302, Location="file:///etc/passwd")
    server.answer("/putar", status=302, Location="/putar")
    answer, body = fetch(server.at("/ke"), server)
    assert (body, answer.url) == (b"sampai", server.at("/sana"))
    for path in ("/luar", "/nama", "/berkas"):
        with pytest.raises(outward.NotAllowed):
            fetch(server.at(path), server)
    with pytest.raises(outward.Unreachable):
        fetch(server.at("/putar"), server)
    assert [path for path, _headers in server.asked].count("/putar") == outward.REDIRECTS + 1


def test_answers_that_are_too_large_slow_or_short_are_given_up(server):
    server.answer("/besar", b"x" * 1001)
    server.answer("/pas", b"x" * 1000)

    def drips(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        for _n in range(100):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.1)

    server.pages["/menetes"] = drips
    server.answer("/putus", b"x" * 10, Content_Length="500", Connection="close")

    def cut(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nabc")
        handler.close_connection = True

    server.pages["/putus"] = cut
    server.pages["/diam"] = lambda handler: time.sleep(3)
    server.pages["/kacau"] = lambda handler: handler.wfile.write(b"\x00\x01 bukan HTTP\r\n\r\n")
    assert len(fetch(server.at("/pas"), server)[1]) == 1000
    with pytest.raises(outward.TooLarge):
        fetch(server.at("/besar"), server)
    for path in ("/menetes", "/putus", "/diam", "/kacau"):
        began = time.monotonic()
        with pytest.raises(outward.Unreachable):
            fetch(server.at(path), server, timeout=0.5, total=0.8)
        assert time.monotonic() - began < 2.5, path


def test_nobody_there_is_unreachable():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(outward.Unreachable):
        fetch(f"http://{host}/", hosts={host})


def test_hosts_are_read_from_a_list():
    assert outward.hosts_of(" A.go.id, 10.0.0.5:80 ,,") == {"a.go.id", "10.0.0.5:80"}
    assert outward.allowed("https://a.go.id/x", {"a.go.id"}) and not outward.allowed(
        "https://a.go.id:8443/", {"a.go.id"}
    )
    assert outward.allowed("http://[::1]:99/", {"[::1]:99"})
