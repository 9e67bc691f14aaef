from registration.models.bounces import Bounce, BounceMailbox
from registration.models.consents import Consent, ConsentCount
from registration.models.history import History
from registration.models.letters import Letter
from registration.models.messages import Message
from registration.models.news import NewsAddress
from registration.models.places import Place, Quota
from registration.models.privacy import ErasureLog, Suppression
from registration.models.registrations import Registration
from registration.models.relay import Heartbeat, Relay
from registration.models.reminders import Reminder
from registration.models.sender import SenderHealth
from registration.models.throttles import Throttle
