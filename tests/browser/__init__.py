"""Journeys in a real Chromium, against real server processes."""
