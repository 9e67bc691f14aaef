"""Colleagues: invitations by mail, second steps and recovery codes, passwords that were lost."""
