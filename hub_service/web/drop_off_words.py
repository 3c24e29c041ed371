"""What a page says to a sender, and to a recipient who may send a parcel back, in each language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hub_service.domain.returns import HandOver
from hub_service.web.page_words import StatusWords


@dataclass(frozen=True, slots=True, kw_only=True)
class DropOffWords:
    """One language. What stands in braces is filled in by the page: {n} is a compartment, {locker} a locker's name."""

    status: Mapping[str, StatusWords]
    proofs: Mapping[HandOver, str]
    drop_by: str
    go_here: str
    receipts: str
    receipt: str
    elsewhere: str
    elsewhere_note: str
    bring_there: str
    call_off: str
    want_back: str
    want_back_note: str
    give_back: str
    give_back_note: str
    give_back_button: str
    under_way: str
    problems: Mapping[str, str]


_ENGLISH = DropOffWords(
    status={
        "return_announced": StatusWords(
            "way",
            "Drop your parcel off",
            "Bring it to {locker_name}: your code opens a compartment, you put it in and shut the door. No label is"
            " needed; if you can, write {tracking} on it.",
            "Hold this code before the scanner: a compartment opens",
        ),
        "return_deposited": StatusWords(
            "done", "Dropped off", "Your parcel lies {inside}. A courier takes it from there; your receipt is below."
        ),
        "returned": StatusWords("done", "Your carrier has it", "A courier has taken it out of {locker_name}."),
        "ready_for_pickup": StatusWords(
            "ready", "Take it out again", "Your parcel lies {inside} and isn't sent.", "This code takes it out again"
        ),
        "expired": StatusWords(
            "late",
            "It will be sent after all",
            "Your parcel lies {inside}. Until a courier takes it, your code still opens the door.",
            "Still works, until the courier has been there",
        ),
        "cancelled": StatusWords("done", "Nothing to drop off", "This drop-off is over: its code opens nothing."),
    },
    proofs={
        "dropped_off": "Dropped off: compartment {n} of {locker}",
        "picked_up": "Taken over by the carrier: compartment {n} of {locker}",
        "taken_back": "Taken out again with the code: compartment {n} of {locker}",
    },
    drop_by="Drop off by",
    go_here="Drop it off here",
    receipts="Receipts",
    receipt="Receipt {receipt}",
    elsewhere="No room there, or rather another locker?",
    elsewhere_note="Choose another one: your code stays the same.",
    bring_there="Drop it off there",
    call_off="I don't drop it off",
    want_back="Take it out again",
    want_back_note="As long as no courier has been there, you can have it back: then your code opens the door again.",
    give_back="Send it back?",
    give_back_note="You need no label: you get a code, put the parcel into a locker near by, and get a receipt.",
    give_back_button="Return this parcel",
    under_way="To the return of this parcel",
    problems={},
)
_GERMAN = DropOffWords(
    status={
        "return_announced": StatusWords(
            "way",
            "Geben Sie Ihr Paket ab",
            "Bringen Sie es zu {locker_name}: Ihr Code öffnet ein Fach, Sie legen es hinein und schließen die Tür. Sie"
            " brauchen kein Etikett; schreiben Sie, wenn es geht, {tracking} darauf.",
            "Diesen Code vor den Scanner halten: Ein Fach öffnet sich",
        ),
        "return_deposited": StatusWords(
            "done", "Abgegeben", "Ihr Paket liegt {inside}. Ein Kurier holt es dort ab; Ihre Quittung steht unten."
        ),
        "returned": StatusWords("done", "Ihr Paketdienst hat es", "Ein Kurier hat es aus {locker_name} geholt."),
        "ready_for_pickup": StatusWords(
            "ready",
            "Nehmen Sie es wieder heraus",
            "Ihr Paket liegt {inside} und wird nicht verschickt.",
            "Dieser Code holt es wieder heraus",
        ),
        "expired": StatusWords(
            "late",
            "Es wird doch verschickt",
            "Ihr Paket liegt {inside}. Bis ein Kurier es holt, öffnet Ihr Code noch die Tür.",
            "Gilt noch, bis der Kurier da war",
        ),
        "cancelled": StatusWords("done", "Nichts abzugeben", "Diese Abgabe ist vorbei: Der Code öffnet nichts mehr."),
    },
    proofs={
        "dropped_off": "Abgegeben: Fach {n} von {locker}",
        "picked_up": "Vom Paketdienst übernommen: Fach {n} von {locker}",
        "taken_back": "Mit dem Code wieder herausgenommen: Fach {n} von {locker}",
    },
    drop_by="Abgeben bis",
    go_here="Hier abgeben",
    receipts="Quittungen",
    receipt="Quittung {receipt}",
    elsewhere="Kein Platz dort, oder lieber eine andere Station?",
    elsewhere_note="Wählen Sie eine andere: Ihr Code bleibt derselbe.",
    bring_there="Dort abgeben",
    call_off="Ich gebe es nicht ab",
    want_back="Wieder herausnehmen",
    want_back_note="Solange kein Kurier da war, können Sie es zurückhaben: Ihr Code öffnet dann wieder die Tür.",
    give_back="Zurückschicken?",
    give_back_note="Sie brauchen kein Etikett: Sie bekommen einen Code, legen das Paket in eine Station in der Nähe und"
    " erhalten eine Quittung.",
    give_back_button="Dieses Paket zurückgeben",
    under_way="Zur Rücksendung dieses Pakets",
    problems={
        "not_a_drop_off": "Dafür ist es zu spät.",
        "no_room": "Keine Station in der Nähe hat gerade Platz: Versuchen Sie es später noch einmal.",
        "too_large": "Das Paket passt in kein Fach einer Station in der Nähe.",
        "not_returnable": "Dieses Paket kann hier nicht mehr zurückgegeben werden: Fragen Sie Händler"
        " oder Paketdienst.",
        "return_under_way": "Dieses Paket wird schon zurückgegeben.",
    },
)
_POLISH = DropOffWords(
    status={
        "return_announced": StatusWords(
            "way",
            "Nadaj paczkę",
            "Przynieś ją do: {locker_name}. Twój kod otwiera skrytkę, wkładasz paczkę i zamykasz drzwiczki. Etykieta"
            " nie jest potrzebna; w miarę możliwości napisz na paczce {tracking}.",
            "Pokaż ten kod czytnikowi: otworzy się skrytka",
        ),
        "return_deposited": StatusWords(
            "done", "Nadana", "Twoja paczka leży {inside}. Kurier ją stamtąd zabierze; potwierdzenie jest niżej."
        ),
        "returned": StatusWords("done", "Ma ją przewoźnik", "Kurier wyjął ją z: {locker_name}."),
        "ready_for_pickup": StatusWords(
            "ready",
            "Wyjmij ją z powrotem",
            "Twoja paczka leży {inside} i nie zostanie wysłana.",
            "Ten kod pozwala ją wyjąć",
        ),
        "expired": StatusWords(
            "late",
            "Jednak zostanie wysłana",
            "Twoja paczka leży {inside}. Dopóki kurier jej nie zabierze, Twój kod otwiera skrytkę.",
            "Działa, dopóki kurier nie zabierze paczki",
        ),
        "cancelled": StatusWords("done", "Nic do nadania", "To nadanie jest zakończone: kod niczego nie otwiera."),
    },
    proofs={
        "dropped_off": "Nadano: skrytka {n}, {locker}",
        "picked_up": "Przejęta przez przewoźnika: skrytka {n}, {locker}",
        "taken_back": "Wyjęto z powrotem kodem: skrytka {n}, {locker}",
    },
    drop_by="Nadaj do",
    go_here="Nadaj ją tutaj",
    receipts="Potwierdzenia",
    receipt="Potwierdzenie {receipt}",
    elsewhere="Nie ma miejsca albo wolisz inny automat?",
    elsewhere_note="Wybierz inny: Twój kod się nie zmieni.",
    bring_there="Nadaj tam",
    call_off="Nie nadam jej",
    want_back="Wyjmij z powrotem",
    want_back_note="Dopóki nie było kuriera, możesz ją odzyskać: wtedy Twój kod znów otworzy skrytkę.",
    give_back="Odesłać?",
    give_back_note="Etykieta nie jest potrzebna: dostajesz kod, wkładasz paczkę do automatu w pobliżu i otrzymujesz"
    " potwierdzenie.",
    give_back_button="Zwróć tę paczkę",
    under_way="Do zwrotu tej paczki",
    problems={
        "not_a_drop_off": "Na to jest już za późno.",
        "no_room": "Żaden automat w pobliżu nie ma teraz miejsca: spróbuj później.",
        "too_large": "Paczka nie mieści się w żadnej skrytce w pobliżu.",
        "not_returnable": "Tej paczki nie można już tu zwrócić: zapytaj sklep lub przewoźnika.",
        "return_under_way": "Ta paczka jest już zwracana.",
    },
)
_FRENCH = DropOffWords(
    status={
        "return_announced": StatusWords(
            "way",
            "Déposez votre colis",
            "Apportez-le à {locker_name} : votre code ouvre un casier, vous l'y mettez et vous fermez la porte. Aucune"
            " étiquette n'est nécessaire ; si possible, écrivez {tracking} dessus.",
            "Présentez ce code au lecteur : un casier s'ouvre",
        ),
        "return_deposited": StatusWords(
            "done", "Déposé", "Votre colis est {inside}. Un coursier l'y prendra ; votre reçu est ci-dessous."
        ),
        "returned": StatusWords("done", "Votre transporteur l'a", "Un coursier l'a pris à {locker_name}."),
        "ready_for_pickup": StatusWords(
            "ready", "Reprenez-le", "Votre colis est {inside} et n'est pas envoyé.", "Ce code permet de le reprendre"
        ),
        "expired": StatusWords(
            "late",
            "Il sera envoyé malgré tout",
            "Votre colis est {inside}. Tant qu'un coursier ne l'a pas pris, votre code ouvre encore la porte.",
            "Valable jusqu'au passage du coursier",
        ),
        "cancelled": StatusWords("done", "Rien à déposer", "Ce dépôt est terminé : son code n'ouvre plus rien."),
    },
    proofs={
        "dropped_off": "Déposé : casier {n}, {locker}",
        "picked_up": "Pris en charge par le transporteur : casier {n}, {locker}",
        "taken_back": "Repris avec le code : casier {n}, {locker}",
    },
    drop_by="À déposer avant",
    go_here="Déposez-le ici",
    receipts="Reçus",
    receipt="Reçu {receipt}",
    elsewhere="Pas de place, ou plutôt une autre consigne ?",
    elsewhere_note="Choisissez-en une autre : votre code reste le même.",
    bring_there="Déposer là",
    call_off="Je ne le dépose pas",
    want_back="Le reprendre",
    want_back_note="Tant qu'aucun coursier n'est passé, vous pouvez le reprendre : votre code ouvrira de nouveau"
    " la porte.",
    give_back="Le renvoyer ?",
    give_back_note="Aucune étiquette n'est nécessaire : vous recevez un code, vous mettez le colis dans une consigne"
    " proche et vous recevez un reçu.",
    give_back_button="Retourner ce colis",
    under_way="Vers le retour de ce colis",
    problems={
        "not_a_drop_off": "Il est trop tard pour cela.",
        "no_room": "Aucune consigne proche n'a de place : réessayez plus tard.",
        "too_large": "Le colis n'entre dans aucun casier proche.",
        "not_returnable": "Ce colis ne peut plus être retourné ici : demandez au vendeur ou au transporteur.",
        "return_under_way": "Ce colis est déjà en cours de retour.",
    },
)
WORDS: dict[str, DropOffWords] = {"en": _ENGLISH, "de": _GERMAN, "pl": _POLISH, "fr": _FRENCH}
