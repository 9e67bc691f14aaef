"""Writes of the registration that span rows, take the one lock, or lead to a mail."""

from registration.actions.attendance import (
    change_places,
    come_in_person,
    give_back,
    go_online,
    say_coming,
    take_free_place,
)
from registration.actions.cancellation import cancel, refuse_to_withdraw, withdraw
from registration.actions.confirmation import (
    ask_again,
    confirm,
    refuse_old_link,
    resend,
    sweep,
    try_code,
)
from registration.actions.consents.giving import (
    OPTIONAL_PURPOSES,
    REVOCABLE_PURPOSES,
    agreed_purposes,
    give_consents,
    set_consents,
    set_needs,
)
from registration.actions.consents.news import has_news_address, news_address_of_others, stop_news
from registration.actions.corrections import (
    change_address,
    change_details,
    correct,
    count_address,
    set_category,
    take_new_address,
)
from registration.actions.desk import Newcomer, add_by_hand, confirm_by_hand
from registration.actions.erasure import (
    empty_journal,
    erase,
    news_addresses_of,
    purge,
    purge_when_due,
    terms,
)
from registration.actions.last_day import free_to_take, left_over
from registration.actions.links import LinkUsed, acting_once, renew_link, renewal_since
from registration.actions.mail_requests import (
    ask_for_data_link,
    ask_for_links,
    note_download,
    send_again,
)
from registration.actions.mailboxes import Known, MailboxFull
from registration.actions.mailings.letters import (
    Progress,
    end_letters,
    forget_recipients,
    pause,
    progress,
    resume,
    send_letter,
    stop,
)
from registration.actions.mailings.reminders import remind
from registration.actions.mailings.standing import change_standing, people_to_tell
from registration.actions.messages import write_message
from registration.actions.obstacles import obstacle
from registration.actions.places import Full, Refusal, locked_places, over_words, quotas_had_by
from registration.actions.places_by_hand import give_place, move_up, take_back
from registration.actions.quotas import open_in_person, open_seats, open_service, set_size
from registration.actions.sessions import (
    clashes_of,
    people_lost,
    people_to_tell_of_moves,
    registrations_told,
    seats_of,
    write_about_move,
    write_about_moves,
    writing_sessions,
)
from registration.actions.sign_up import Application, sign_up
from registration.actions.suppressions import (
    is_suppressed,
    rehash,
    suppress,
    suppress_hashed,
    suppress_reminders,
)
