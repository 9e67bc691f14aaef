"""Mails that go to everybody: reminders, and whether the meeting takes place."""
