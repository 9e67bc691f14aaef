"""Tell the operator in sentences what is missing, unsafe or unreachable: `manage.py doctor`.

The sentences are in English, as those of the settings and of `backup` are; the back office shows
those about the sender and the mail server in its own language.
"""
