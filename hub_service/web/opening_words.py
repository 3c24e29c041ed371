"""What a recipient reads who opens a door from the telephone, or is asked whether an operator may; in each language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningWords:
    """One language. `problems` are refusals and answers of the locker by their code, each with the next step."""

    title: str
    note: str
    button: str
    door: str
    stand: str
    number: str
    hint: str
    confirm: str
    trying: str
    opening: str
    take: str
    problem: str
    problems: Mapping[str, str]
    again: str
    back: str
    asked: str
    asked_note: str
    yes: str
    no: str


ENGLISH = OpeningWords(
    title="Open from this telephone",
    note="You stand in front of the locker? Then you can open the door from here, without a code.",
    button="Open door {n} from here",
    door="Door {n}",
    stand="Stand in front of this door before you open it: whoever is there can reach in.",
    number="The three digits at the locker",
    hint="They stand at the top of its screen and change every minute, or on a sticker at its front.",
    confirm="I stand in front of it: open door {n} now",
    trying="The locker is asked. This takes a moment.",
    opening="Door {n} opens",
    take="Take your parcel and shut the door. If more wait for you, their doors open one after the other.",
    problem="Door {n} stays shut",
    problems={
        "not_inside": "Your parcel isn't in that compartment any more. Your page says where it is.",
        "not_here": "The locker doesn't find your parcel in that compartment. Please call the help number.",
        "locker_offline": "The locker can't be reached now. Use the QR code or the PIN: both work without a network.",
        "no_answer": "The locker didn't answer, and nothing opens any more. Try again, or use the QR code or the PIN.",
        "wrong_number": "That isn't the number at the locker. Read the three digits there and type them again.",
        "number_paused": "Too many wrong numbers. Use the QR code or the PIN right now, or wait a quarter of an hour.",
        "opening_under_way": "This door is being opened already. Look at it, or wait a moment.",
        "someone_else": "Somebody else is at the locker right now. Wait until they have finished, then try again.",
        "close_first": "Another door stands open. It has to be shut first, then try again.",
        "uncertain": "Somebody has to look into that compartment first. Please call the help number.",
        "outdated": "You have a newer code. Use the link in your newest message.",
        "out_of_order": "No door of this locker opens right now. Your parcel is safe; come back later, or call.",
        "unknown_opening": "Nobody asks for this any more.",
        "other": "The locker has refused. Use the QR code or the PIN, or call the help number.",
    },
    again="Try again",
    back="Back to your parcel",
    asked="May the operator open door {n}?",
    asked_note="It is opened from afar, without you. The reason given: {reason}. Without your yes it stays shut.",
    yes="Yes, open it",
    no="No, leave it shut",
)

GERMAN = OpeningWords(
    title="Mit diesem Telefon öffnen",
    note="Sie stehen vor der Paketstation? Dann können Sie das Fach von hier aus öffnen, ohne Code.",
    button="Fach {n} von hier öffnen",
    door="Fach {n}",
    stand="Stellen Sie sich vor dieses Fach, bevor Sie es öffnen: Wer dort steht, kann hineingreifen.",
    number="Die drei Ziffern an der Station",
    hint="Sie stehen oben auf dem Bildschirm und wechseln jede Minute, oder auf einem Aufkleber an der Front.",
    confirm="Ich stehe davor: Fach {n} jetzt öffnen",
    trying="Die Station wird gefragt. Das dauert einen Moment.",
    opening="Fach {n} öffnet sich",
    take="Nehmen Sie Ihr Paket und schließen Sie die Tür. Liegen mehr für Sie bereit, öffnen sich die Fächer "
    "nacheinander.",
    problem="Fach {n} bleibt zu",
    problems={
        "not_inside": "Ihr Paket liegt nicht mehr in diesem Fach. Ihre Seite sagt, wo es ist.",
        "not_here": "Die Station findet Ihr Paket nicht in diesem Fach. Bitte rufen Sie die Hilfe an.",
        "locker_offline": "Die Station ist gerade nicht erreichbar. QR-Code und PIN gehen auch ohne Netz.",
        "no_answer": "Die Station hat nicht geantwortet, und es öffnet sich nichts mehr. Noch einmal versuchen, oder "
        "QR-Code oder PIN nehmen.",
        "wrong_number": "Das ist nicht die Nummer an der Station. Lesen Sie die drei Ziffern dort noch einmal ab.",
        "number_paused": "Zu viele falsche Nummern. QR-Code und PIN gehen sofort; sonst eine Viertelstunde warten.",
        "opening_under_way": "Dieses Fach wird gerade geöffnet. Sehen Sie nach, oder warten Sie einen Moment.",
        "someone_else": "Gerade ist jemand anderes an der Station. Warten Sie kurz, dann noch einmal versuchen.",
        "close_first": "Ein anderes Fach steht offen. Es muss erst zu sein, dann noch einmal versuchen.",
        "uncertain": "In dieses Fach muss erst jemand hineinsehen. Bitte rufen Sie die Hilfe an.",
        "outdated": "Sie haben einen neueren Code. Nehmen Sie den Link in der neuesten Nachricht.",
        "out_of_order": "Gerade öffnet sich hier kein Fach. Ihr Paket ist sicher; später wiederkommen oder anrufen.",
        "unknown_opening": "Danach fragt niemand mehr.",
        "other": "Die Station hat abgelehnt. Nehmen Sie QR-Code oder PIN, oder rufen Sie die Hilfe an.",
    },
    again="Noch einmal versuchen",
    back="Zurück zum Paket",
    asked="Darf der Betreiber Fach {n} öffnen?",
    asked_note="Es wird aus der Ferne geöffnet, ohne Sie. Der Grund: {reason}. Ohne Ihr Ja bleibt es zu.",
    yes="Ja, öffnen",
    no="Nein, zu lassen",
)

POLISH = OpeningWords(
    title="Otwórz tym telefonem",
    note="Stoisz przed automatem? Możesz otworzyć skrytkę stąd, bez kodu.",
    button="Otwórz skrytkę {n} stąd",
    door="Skrytka {n}",
    stand="Zanim otworzysz, stań przed tą skrytką: kto tam stoi, może do niej sięgnąć.",
    number="Trzy cyfry na automacie",
    hint="Są u góry ekranu i zmieniają się co minutę albo na naklejce z przodu.",
    confirm="Stoję przed nią: otwórz skrytkę {n}",
    trying="Pytamy automat. To chwilę potrwa.",
    opening="Skrytka {n} się otwiera",
    take="Wyjmij paczkę i zamknij drzwiczki. Jeśli czeka ich więcej, skrytki otworzą się po kolei.",
    problem="Skrytka {n} pozostaje zamknięta",
    problems={
        "not_inside": "Twojej paczki nie ma już w tej skrytce. Na Twojej stronie jest napisane, gdzie jest.",
        "not_here": "Automat nie znajduje Twojej paczki w tej skrytce. Zadzwoń po pomoc.",
        "locker_offline": "Automat jest teraz nieosiągalny. Kod QR i PIN działają bez sieci.",
        "no_answer": "Automat nie odpowiedział i nic się nie otworzy. Spróbuj ponownie albo użyj kodu QR lub PIN-u.",
        "wrong_number": "To nie jest numer z automatu. Odczytaj tam trzy cyfry i wpisz je ponownie.",
        "number_paused": "Zbyt wiele błędnych numerów. Kod QR i PIN działają od razu; albo poczekaj kwadrans.",
        "opening_under_way": "Ta skrytka jest właśnie otwierana. Spójrz na nią albo chwilę poczekaj.",
        "someone_else": "Ktoś inny jest teraz przy automacie. Poczekaj, aż skończy, i spróbuj ponownie.",
        "close_first": "Inna skrytka jest otwarta. Najpierw trzeba ją zamknąć, potem spróbuj ponownie.",
        "uncertain": "Ktoś musi najpierw zajrzeć do tej skrytki. Zadzwoń po pomoc.",
        "outdated": "Masz nowszy kod. Użyj linku z najnowszej wiadomości.",
        "out_of_order": "Żadna skrytka się teraz nie otworzy. Paczka jest bezpieczna; wróć później albo zadzwoń.",
        "unknown_opening": "Nikt już o to nie pyta.",
        "other": "Automat odmówił. Użyj kodu QR lub PIN-u albo zadzwoń po pomoc.",
    },
    again="Spróbuj ponownie",
    back="Wróć do paczki",
    asked="Czy operator może otworzyć skrytkę {n}?",
    asked_note="Zostanie otwarta zdalnie, bez Ciebie. Podany powód: {reason}. Bez Twojej zgody pozostanie zamknięta.",
    yes="Tak, otwórz",
    no="Nie, zostaw zamkniętą",
)

FRENCH = OpeningWords(
    title="Ouvrir avec ce téléphone",
    note="Vous êtes devant la consigne ? Vous pouvez ouvrir le casier d'ici, sans code.",
    button="Ouvrir le casier {n} d'ici",
    door="Casier {n}",
    stand="Placez-vous devant ce casier avant de l'ouvrir : qui s'y trouve peut y prendre le colis.",
    number="Les trois chiffres de la consigne",
    hint="Ils sont en haut de l'écran et changent chaque minute, ou sur un autocollant à l'avant.",
    confirm="Je suis devant : ouvrir le casier {n}",
    trying="La consigne est interrogée. Un instant.",
    opening="Le casier {n} s'ouvre",
    take="Prenez votre colis et refermez. S'il y en a d'autres pour vous, les casiers s'ouvrent l'un après l'autre.",
    problem="Le casier {n} reste fermé",
    problems={
        "not_inside": "Votre colis n'est plus dans ce casier. Votre page dit où il est.",
        "not_here": "La consigne ne trouve pas votre colis dans ce casier. Appelez l'assistance.",
        "locker_offline": "La consigne est injoignable. Le code QR et le PIN fonctionnent sans réseau.",
        "no_answer": "La consigne n'a pas répondu, rien ne s'ouvre plus. Réessayez, ou utilisez le code QR ou le PIN.",
        "wrong_number": "Ce n'est pas le nombre de la consigne. Lisez-y les trois chiffres et retapez-les.",
        "number_paused": "Trop de nombres faux. Le code QR et le PIN marchent tout de suite ; sinon attendez un quart "
        "d'heure.",
        "opening_under_way": "Ce casier est en train de s'ouvrir. Regardez-le, ou attendez un instant.",
        "someone_else": "Quelqu'un d'autre est à la consigne. Attendez qu'il ait fini, puis réessayez.",
        "close_first": "Un autre casier est ouvert. Il faut d'abord le fermer, puis réessayez.",
        "uncertain": "Quelqu'un doit d'abord regarder dans ce casier. Appelez l'assistance.",
        "outdated": "Vous avez un code plus récent. Utilisez le lien de votre dernier message.",
        "out_of_order": "Aucun casier ne s'ouvre maintenant. votre colis est en sûreté ; revenez plus tard ou appelez.",
        "unknown_opening": "Plus personne ne le demande.",
        "other": "La consigne a refusé. Utilisez le code QR ou le PIN, ou appelez l'assistance.",
    },
    again="Réessayer",
    back="Retour au colis",
    asked="L'exploitant peut-il ouvrir le casier {n} ?",
    asked_note="Il sera ouvert à distance, sans vous. La raison donnée : {reason}. Sans votre accord il reste fermé.",
    yes="Oui, ouvrez",
    no="Non, laissez fermé",
)

LANGUAGES: dict[str, OpeningWords] = {"en": ENGLISH, "de": GERMAN, "pl": POLISH, "fr": FRENCH}
