"""The registration's back office: importing these modules registers their pages."""

from registration.admin.letters import LetterAdmin
from registration.admin.messages import MessageAdmin
from registration.admin.privacy import ConsentAdmin, ErasureLogAdmin, SuppressionAdmin
from registration.admin.programme import LockedMeetingAdmin, LockedRoomAdmin
from registration.admin.quotas import QuotaAdmin
from registration.admin.registrations import RegistrationAdmin
from registration.admin.reminders import ReminderAdmin
from registration.admin.sessions import SeatedSessionAdmin
