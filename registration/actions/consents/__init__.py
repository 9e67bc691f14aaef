"""Consents: what a person agrees to, and the addresses of those who agreed to news."""
