"""List the sentences that would be untrue at a moment: what the test of the moments reads for.

Written from what the site promises, and sharing no line with it: a state of the meeting or of a
session, and parts of sentences in Spanish, Portuguese and English that no page may have then.
"""

type Phrase = tuple[str, str, str]

UNTIL_IT_BEGINS: list[Phrase] = [("Faltan ", "Faltam ", "days to go")]
NOT_KNOWN: list[Phrase] = [
    ("por confirmar", "orário a confirmar", "to be confirmed"),
    ("por confirmar", "ia a confirmar", "to be confirmed"),
    ("por confirmar", "Sala a confirmar", "to be confirmed"),
    ("anunciará", "anunciad", "announced"),
    ("anunciado", "anunciad", "announced"),
]
STREAM_TO_COME: list[Phrase] = [("Se transmitirá", "Terá transmissão", "It will be streamed")]
FOLLOWED: list[Phrase] = [
    ("puedo seguir", "posso acompanhar", "can follow online"),
]
PROMISES: list[Phrase] = [
    *UNTIL_IT_BEGINS,
    *STREAM_TO_COME,
    ("Lo que viene", "O que vem a seguir", "What comes next"),
    ("Próximamente", "Em breve", "Coming soon"),
    ("o en vivo en este sitio", "ou ao vivo neste site", "or live on this site"),
    ("Hoy, desde las", "Hoje, a partir das", "Today, from"),
    ("Hasta mañana", "Até amanhã", "See you tomorrow"),
    ("Ver en vivo", "Ver ao vivo", "Watch live"),
    ("Ir a la transmisión", "Ir para a transmissão", "Go to the stream"),
]
ON_AIR: list[Phrase] = [
    ("En vivo ahora", "Ao vivo agora", "Live now"),
    ("En curso", "Neste momento", "Happening now"),
    ("Todo lo que está en vivo", "Tudo o que está ao vivo", "All that is live now"),
]
TO_ASK: list[Phrase] = [("Hacer una pregunta", "Fazer uma pergunta", "Ask a question")]
TO_KEEP: list[Phrase] = [
    ("A mi agenda", "À minha agenda", "To my agenda"),
    ("Al calendario", "Ao calendário", "To the calendar"),
    ("Añadir a su calendario", "Adicionar ao seu calendário", "Add to your calendar"),
]
SEATS: list[Phrase] = [
    ("Quedan cupos", "Há vagas", "Places left"),
    ("Últimos cupos", "Últimas vagas", "Last places"),
    ("Cupos agotados", "Sem vagas", "join the waiting list"),
]
TO_REGISTER: list[Phrase] = [
    ("Inscribirse", "Fazer inscrição", "Register for free"),
    ("Inscribirse y", "Fazer a inscrição", "Register and"),
    ("Inscripción abierta", "Inscrições abertas", "Registration is open"),
    ("inscripción está abierta", "inscrições estão abertas", "Registration is open"),
    *SEATS,
]
NOT_OPEN: list[Phrase] = [
    ("aún sin abrir", "ainda não abertas", "Not open yet"),
    ("todavía no está abierta", "ainda não estão abertas", "is not open yet"),
]
CLOSED: list[Phrase] = [
    ("inscripción está cerrada", "inscrições estão encerradas", "Registration is closed"),
    ("inscripción cerró", "Inscrições encerradas", "Registration closed"),
]
THERE: list[Phrase] = [
    ("Cómo llegar", "Como chegar", "How to get there"),
    ("Cómo pedir apoyo", "Como pedir apoio", "How to ask for support"),
    ("avísenos", "pode pedi-lo", "tell us by"),
    ("Apoyo en el encuentro", "Apoio no encontro", "Support at the meeting"),
]
COMING_THERE: list[Phrase] = [
    *THERE,
    ("Cambiar mis talleres", "Alterar as minhas oficinas", "Change my workshops"),
    ("¿Cambiaron sus planes?", "Mudança de planos?", "Have your plans changed?"),
    ("Empieza con", "Começa com", "Starts about"),
]
MEETING_OVER: list[Phrase] = [
    ("encuentro terminó", "encontro terminou", "meeting is over"),
    ("tuvo lugar", "teve lugar", "took place"),
    ("se celebró en", "realizou-se em", "took place in"),
    ("Fue presencial", "Foi presencial", "was held in person"),
    ("Cómo se llegaba", "Como se chegava", "How one got there"),
    ("hace más de un mes", "há mais de um mês", "more than a month ago"),
]
SESSION_OVER: list[Phrase] = [
    ("Quiénes participaron", "Quem participou", "Who took part"),
    ("Cómo se realizó", "Como se realizou", "How it was held"),
    ("no quedó registrada", "a hora não consta", "was not recorded"),
    ("no quedaron registrados", "não constam", "were not recorded"),
    ("Aquí no hay grabación", "Não há aqui gravação", "There are no recordings"),
    ("Ver la grabación", "Ver a gravação", "Watch the recording"),
]
SESSION_TO_COME: list[Phrase] = [
    *STREAM_TO_COME,
    *NOT_KNOWN,
    ("Quiénes participan", "Quem participa", "Who takes part"),
    ("Cómo seguir", "Como acompanhar", "How to follow"),
]
WAS_TO_BE: list[Phrase] = [
    ("iban a participar", "iria participar", "was to take part"),
    ("Estaba prevista", "Estava prevista", "It was planned"),
]
# Nothing is streamed: neither menus nor the product's own sentences speak of it.
STREAMED: list[Phrase] = [
    *STREAM_TO_COME,
    *FOLLOWED,
    ("En vivo", "Ao vivo", "Live"),
    ("o en vivo", "ou ao vivo", "or live"),
    ("La transmisión", "A transmissão", "The stream"),
    ("la transmisión", "a transmissão", "the stream"),
    ("Participar de forma virtual", "Participar on-line", "Take part online"),
    ("VirtualLocation", "VirtualLocation", "VirtualLocation"),
    ("MixedEvent", "MixedEvent", "MixedEvent"),
]
IS_HELD: list[Phrase] = [
    ("idioma se realiza", "idioma em que decorre", "language it is held"),
]
# Until when data are stored, by the days of the sample meeting.
ERASED_BY_FORMER_DAYS: list[Phrase] = [
    ("27 de diciembre de 2024", "27 de dezembro de 2024", "27 December 2024"),
    ("26 de mayo de 2025", "26 de maio de 2025", "26 May 2025"),
]
# For programs that read pages: nothing is on sale once it is over.
OFFERS: list[Phrase] = [('"offers"', '"offers"', '"offers"')]

# States of the meeting, on any page.
OF_MEETING = {
    "before": MEETING_OVER + SESSION_OVER + ON_AIR,
    "on": MEETING_OVER + UNTIL_IT_BEGINS,
    "quiet": ON_AIR,
    "over": [
        *FOLLOWED,
        *NOT_KNOWN,
        *PROMISES,
        *ON_AIR,
        *TO_KEEP,
        *TO_REGISTER,
        *NOT_OPEN,
        *COMING_THERE,
    ]
    + OFFERS,
    "not open": TO_REGISTER + CLOSED,
    "open": NOT_OPEN + CLOSED,
    "closed": TO_REGISTER + NOT_OPEN,
    "not held": TO_REGISTER + TO_KEEP + ON_AIR + PROMISES + OFFERS + MEETING_OVER + SESSION_OVER,
    "broken off": TO_REGISTER + TO_KEEP + ON_AIR + PROMISES + OFFERS + MEETING_OVER,
    "called off": NOT_KNOWN + COMING_THERE + IS_HELD,
    "postponed": ERASED_BY_FORMER_DAYS,
    "all in person": STREAMED,
}
# States of a session, on its own page.
OF_SESSION = {
    "ahead": SESSION_OVER + ON_AIR + TO_ASK,
    "on": SESSION_OVER + STREAM_TO_COME + SEATS,
    "behind": WAS_TO_BE
    + SESSION_TO_COME
    + ON_AIR
    + TO_ASK
    + TO_KEEP
    + TO_REGISTER
    + NOT_OPEN
    + OFFERS,
    "cancelled": SESSION_TO_COME + SESSION_OVER + ON_AIR + TO_ASK + TO_KEEP + TO_REGISTER + OFFERS,
}
LANGUAGES = ["es", "pt", "en"]


def phrases(meeting_states, session_state, language):
    """Return what a page may not say then, in its language."""
    found = [phrase for state in meeting_states for phrase in OF_MEETING[state]]
    found += OF_SESSION.get(session_state, [])
    return sorted({phrase[LANGUAGES.index(language)] for phrase in found})
