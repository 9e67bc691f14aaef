"""Count the unconfirmed people of a network who hold places: a few at a time, not hundreds."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.conf import settings

from eim.lib.hashing import Network
from registration.models import Registration


@dataclass(frozen=True)
class Holders:
    """Unconfirmed registrations that hold places: those of one network, and of its block."""

    of_network: set[int] = field(default_factory=set)
    of_block: set[int] = field(default_factory=set)

    def without(self, registration_id: int) -> "Holders":
        return Holders(self.of_network - {registration_id}, self.of_block - {registration_id})

    @property
    def are_few(self) -> bool:
        """Return whether one more person of the network may hold places."""
        most = settings.HOLDS_PER_NETWORK
        most_of_block = most * settings.NETWORKS_OF_A_BLOCK
        return len(self.of_network) < most and len(self.of_block) < most_of_block


def holders_of(network: Network | None, near: Iterable[Registration]) -> Holders:
    if network is None:
        return Holders()
    of_network = {one.pk for one in near if one.network in network.own_hashes}
    return Holders(of_network, {one.pk for one in near})
