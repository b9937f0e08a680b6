"""From what sources write to what we keep: safe HTML, readable titles, numbers, dates, masked contacts."""

from ekopi.catalogue.sources.cleaning.contacts import contacts_in, masked, masked_whole
from ekopi.catalogue.sources.cleaning.markup import Cleaned, html_of
from ekopi.catalogue.sources.cleaning.pictures import picture_of
from ekopi.catalogue.sources.cleaning.titles import line_of, names_of, title_of
from ekopi.catalogue.sources.cleaning.values import date_of, number_of, truth_of, url_of, whole_of, year_of

__all__ = [
    "Cleaned", "contacts_in", "date_of", "html_of", "line_of", "masked", "masked_whole", "names_of", "number_of",
    "picture_of", "title_of", "truth_of", "url_of", "whole_of", "year_of",
]  # fmt: skip
