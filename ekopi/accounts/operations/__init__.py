"""Verbs of accounts, by subject: sign_ins, registration, memberships, roles, organisations …"""
