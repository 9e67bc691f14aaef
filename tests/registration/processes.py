"""Work in real processes at the same moment, each with connections of its own."""

import multiprocessing

from django.db import connection, connections

PROCESSES = 4


def at_once(work, *arguments, processes=PROCESSES):
    """Run `work(n, *arguments)` for n in 0…3, each in a process; return their results in order."""
    leave_connections()
    context = multiprocessing.get_context("fork")
    with context.Pool(processes, initializer=forget_connections) as pool:
        return pool.starmap(work, [(n, *arguments) for n in range(processes)], chunksize=1)


def leave_connections():
    """A process that is forked can use neither its parent's connections nor its pool."""
    connections.close_all()
    if connection.vendor == "postgresql":
        connection.close_pool()


def forget_connections():
    """Where a browser test ran before, its event loop has hidden one connection of the parent's
    from `leave_connections`; here, where no loop runs, Django would find and share it."""
    for inherited in connections.all(initialized_only=True):
        inherited.connection = None
