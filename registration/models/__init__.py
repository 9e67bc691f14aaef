from registration.models.messages import Message
from registration.models.places import Place, Quota
from registration.models.registrations import Consent, History, Registration
from registration.models.throttles import Throttle

__all__ = [
    "Consent",
    "History",
    "Message",
    "Place",
    "Quota",
    "Registration",
    "Throttle",
]
