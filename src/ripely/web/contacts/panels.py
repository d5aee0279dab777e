"""What stands around a contact's timeline."""

from collections.abc import Mapping

from ripely.operations import messages
from ripely.operations.dossiers import dealings, dossier, ripeness
from ripely.web.request import Request


def panels(request: Request, known: dossier.Known) -> Mapping[str, object]:
    profile, names = known.profile, request.names
    now = request.app.clock.now()
    header = dossier.header_of(profile, request.in_force.timezone)
    past = dossier.past_of(request.app.history, profile.contact)
    return {
        "known": known,
        "profile": profile,
        "contact": profile.contact,
        "header": header,
        "local_now": dossier.local_time(header, now),
        "past": past,
        "scores": ripeness.scores_of(profile, names, past.notes, int(now.timestamp())),
        "segments": dossier.segments_of(profile, names, past.notes),
        "interests": dossier.interests_of(profile),
        "places": dossier.places_of(profile, names),
        "dealings": dealings.dealings_of(profile),
        "messages_to": messages.messages_to(profile.contact),
        "identities": dossier.identities_of(profile.contact),
        "names": names,
    }
