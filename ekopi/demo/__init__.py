"""Believable, invented content for `ekopi demo`: people, organisations, two courses, months of learning.

Everything is made up and marked as demo. The courses are folders in the format anybody can import.
"""
