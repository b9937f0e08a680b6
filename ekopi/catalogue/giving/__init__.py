"""The shapes in which innovations are given on: Inoland's JSON, OAI-PMH, DCAT, sitemaps, rows of a dump.

Each takes what queries/giving.py has read and makes text of it; none knows HTTP or the database.
"""
