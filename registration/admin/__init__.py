from registration.admin.messages import MessageAdmin
from registration.admin.quotas import QuotaAdmin
from registration.admin.registrations import RegistrationAdmin
from registration.admin.sessions import SeatedSessionAdmin

__all__ = ["MessageAdmin", "QuotaAdmin", "RegistrationAdmin", "SeatedSessionAdmin"]
