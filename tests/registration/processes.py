"""Run work in several processes at the same time, each with its own database connections."""

import multiprocessing

from django.db import connection, connections

PROCESSES = 4


def at_once(work, *arguments, processes=PROCESSES):
    """Run `work(n, *arguments)` in each process n, and return the results in order."""
    leave_connections()
    context = multiprocessing.get_context("fork")
    with context.Pool(processes, initializer=forget_connections) as pool:
        return pool.starmap(work, [(n, *arguments) for n in range(processes)], chunksize=1)


def leave_connections():
    """Close all connections: a forked process can use neither its parent's nor its pool."""
    connections.close_all()
    if connection.vendor == "postgresql":
        connection.close_pool()


def forget_connections():
    """Drop connections inherited from the parent.

    After a browser test, its event loop hides a connection from `leave_connections`. Here, without
    the loop, Django would find that connection and share it.
    """
    for inherited in connections.all(initialized_only=True):
        inherited.connection = None
