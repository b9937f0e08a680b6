"""Verbs of certificates and of the ledger; they flush, whoever called them commits."""
