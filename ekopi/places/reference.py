"""Reads the shipped tables of regions (places/data; its README tells source and licence). No database."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

DATA = Path(__file__).parent / "data"


def shipped_regions() -> list[dict]:
    """All regions as column values of Region, each after those it points to: provinces, regencies, ended codes."""
    provinces = [
        _region(row["code"], row["name"], "province", None, row["zone"], starts=_day(row["valid_from"]))
        for row in _rows("provinces.csv")
    ]
    zones = {province["code"]: province["zone"] for province in provinces}
    ended = [
        _region(
            row["code"], row["name"], kind_of(row["name"]), row["province_code"], zones[row["province_code"]],
            ends=_day(row["valid_to"]), successor=row["successor_code"],
        )
        for row in _rows("ended.csv")
    ]  # fmt: skip
    begun = {old["successor_code"]: old["valid_to"] for old in ended}
    living = [
        _region(
            row["code"], row["name"], kind_of(row["name"]), row["province_code"], zones[row["province_code"]],
            starts=begun.get(row["code"]),
        )
        for row in _rows("regencies.csv")
    ]  # fmt: skip
    return provinces + living + ended


def kind_of(name: str) -> str:
    """regency or city, as the name begins. Raises ValueError for a name that is neither."""
    first = name.split()[0]
    if first not in {"Kabupaten", "Kota"}:
        raise ValueError(f"neither Kabupaten nor Kota: {name}")
    return "regency" if first == "Kabupaten" else "city"


def _region(code, name, kind, parent, zone, *, starts=None, ends=None, successor=None) -> dict:
    return {
        "code": code, "name": name, "kind": kind, "parent_code": parent, "zone": zone,
        "valid_from": starts, "valid_to": ends, "successor_code": successor,
    }  # fmt: skip


def _rows(name: str) -> list[dict]:
    with open(DATA / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
