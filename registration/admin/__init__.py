from registration.admin.messages import MessageAdmin
from registration.admin.programme import LockedMeetingAdmin, LockedRoomAdmin
from registration.admin.quotas import QuotaAdmin
from registration.admin.registrations import RegistrationAdmin
from registration.admin.sessions import SeatedSessionAdmin

__all__ = [
    "LockedMeetingAdmin",
    "LockedRoomAdmin",
    "MessageAdmin",
    "QuotaAdmin",
    "RegistrationAdmin",
    "SeatedSessionAdmin",
]
