"""A browser without JavaScript: keeps cookies, fills forms, and checks what every page must hold."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from flask.testing import FlaskClient

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
OPTIONAL_END = {
    "p",
    "li",
    "td",
    "th",
    "tr",
    "tbody",
    "thead",
    "dt",
    "dd",
    "option",
    "path",
    "circle",
    "rect",
    "use",
}


class Page(HTMLParser):
    """What a test asks of an HTML page: its forms, links, headings, and faults in its structure."""

    def __init__(self, html: str):
        super().__init__()
        self.forms: list[dict] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.h1 = 0
        self.faults: list[str] = []
        self._open: list[str] = []
        self._area: tuple[dict, str] | None = None
        self._select: tuple[dict, str] | None = None
        self.feed(html)
        self.faults += [f"<{tag}> is never closed" for tag in self._open if tag not in OPTIONAL_END]

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if "style" in a or any(name.startswith("on") for name in a):
            self.faults.append(f"<{tag}> has inline style or script")
        if "id" in a:
            if a["id"] in self.ids:
                self.faults.append(f"id {a['id']} stands twice")
            self.ids.append(a["id"])
        if tag not in VOID:
            self._open.append(tag)
        self.h1 += tag == "h1"
        if tag == "a" and a.get("href"):
            self.links.append(a["href"])
        if tag == "form":
            self.forms.append(
                {"action": a.get("action") or "", "method": (a.get("method") or "get").lower(), "fields": {}}
            )
        fields = self.forms[-1]["fields"] if self.forms else {}
        if tag in ("input", "button") and a.get("name") and "disabled" not in a:
            kind = a.get("type", "submit" if tag == "button" else "text")
            if kind in ("radio", "checkbox"):
                if "checked" in a:
                    fields.setdefault(a["name"], []).append(a.get("value", "on"))
            elif kind not in ("submit", "button", "file"):
                fields[a["name"]] = a.get("value") or ""
        elif tag == "textarea":
            fields[a.get("name", "")] = ""
            self._area = (fields, a.get("name", ""))
        elif tag == "select":
            self._select = (fields, a.get("name", ""))
        elif tag == "option" and self._select:
            where, name = self._select
            if "selected" in a or name not in where:
                where[name] = a.get("value", "")

    def handle_endtag(self, tag):
        if tag == "textarea":
            self._area = None
        if tag == "select":
            self._select = None
        if tag in VOID:
            return
        while self._open and self._open[-1] != tag and self._open[-1] in OPTIONAL_END:
            self._open.pop()
        if not self._open or self._open[-1] != tag:
            self.faults.append(f"</{tag}> closes nothing")
        else:
            self._open.pop()

    def handle_data(self, data):
        if self._area:
            fields, name = self._area
            fields[name] += data.removeprefix("\n") if not fields[name] else data


class Client(FlaskClient):
    """Every request runs in an application context of its own, as in a server."""

    def __init__(self, app):
        super().__init__(app, app.response_class, use_cookies=True)
        self.page: Page | None = None
        self.path = "/"

    def open(self, *args, **kwargs):
        from ekopi.extensions import db

        db.session.commit()  # what the test has made is there for the request
        with self.application.app_context():
            response = super().open(*args, **kwargs)
        db.session.expire_all()
        self.path = response.request.full_path.rstrip("?")
        self._check(response)
        return response

    def _check(self, response) -> None:
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'self'" in response.headers["Content-Security-Policy"]
        self.page = None
        if response.mimetype == "text/html" and response.data and not 300 <= response.status_code < 400:
            self.page = Page(response.text)
            assert self.page.h1 == 1, f"{self.path} has {self.page.h1} h1"
            assert not self.page.faults, f"{self.path}: {self.page.faults[:5]}"

    def sign_in(self, person) -> Client:
        """Signs the person in through a new sign-in row, without asking for the password."""
        from ekopi.accounts.operations import sign_ins

        token = sign_ins.begin(person)
        with self.session_transaction() as session:
            session["_user_id"] = token
            session["_fresh"] = True
        return self

    def submit(
        self, changes: dict | None = None, *, action: str | None = None, has: str | None = None, **kwargs
    ):
        """Sends a form of the last page (the first one that posts, or the one with this action or field)."""
        assert self.page, "no page was read"
        forms = [f for f in self.page.forms if f["method"] == "post"]
        if action is not None:
            forms = [f for f in forms if re.search(action, f["action"])]
        if has is not None:
            forms = [f for f in forms if has in f["fields"] or has == f["action"]]
        assert forms, f"no such form on {self.path}"
        form = forms[0]
        target = urlsplit(urljoin(f"http://localhost{self.path}", form["action"] or self.path))
        fields = {**form["fields"], **(changes or {})}
        where = target.path + (f"?{target.query}" if target.query else "")
        return self.post(where, data={k: v for k, v in fields.items() if v is not None}, **kwargs)
