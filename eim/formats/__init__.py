"""Formats of languages in which those of Django are not what people of the region write."""
