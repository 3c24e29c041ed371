"""What is said where somebody else collects, on the recipient's page and on the delegate's own, in four languages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DelegateWords:
    """One language. What stands in braces is filled in by hand, as in `PageWords`."""

    title: str
    note: str
    name: str
    ask: str
    end: str
    somebody: str
    has_code: str
    has_collected: str
    has_ended: str
    message: str
    by_text: str
    by_mail: str
    their_page: str
    asked: str
    is_inside: str
    not_inside: str
    over: str
    over_note: str


ENGLISH = DelegateWords(
    title="Somebody else collects?",
    note="They get a PIN and a QR code of their own. You pass it on, and can take it back; your own code stays.",
    name="Who (only you see this, and it may stay empty)",
    ask="Make a code for them",
    end="Take it back",
    somebody="Somebody",
    has_code="may collect it",
    has_collected="has collected it",
    has_ended="code taken back",
    message="Please collect a parcel for me at {locker}. PIN: {pin}. QR code: {url}",
    by_text="Send as text message",
    by_mail="Send as mail",
    their_page="Their page with the QR code",
    asked="You were asked to collect a parcel",
    is_inside="It lies in {locker}. Hold this code before the scanner, or type the PIN.",
    not_inside="It is on its way to {locker}. The code opens the door once it is inside.",
    over="This code opens nothing any more",
    over_note="The parcel was collected, or the code was taken back. Ask whoever gave it to you.",
)
GERMAN = DelegateWords(
    title="Jemand anders holt ab?",
    note="Diese Person bekommt PIN und QR-Code für sich. Sie geben beides weiter und können es zurücknehmen; Ihr Code"
    " bleibt.",
    name="Wer (sehen nur Sie, darf leer bleiben)",
    ask="Code dafür erstellen",
    end="Zurücknehmen",
    somebody="Jemand",
    has_code="darf abholen",
    has_collected="hat abgeholt",
    has_ended="Code zurückgenommen",
    message="Bitte hol für mich ein Paket ab: {locker}. PIN: {pin}. QR-Code: {url}",
    by_text="Als SMS senden",
    by_mail="Als E-Mail senden",
    their_page="Seite mit dem QR-Code für diese Person",
    asked="Sie sollen ein Paket abholen",
    is_inside="Es liegt hier: {locker}. Halten Sie den Code vor den Scanner, oder tippen Sie die PIN.",
    not_inside="Es ist unterwegs hierher: {locker}. Der Code öffnet die Tür, sobald es darin liegt.",
    over="Dieser Code öffnet nichts mehr",
    over_note="Das Paket wurde abgeholt, oder der Code wurde zurückgenommen. Fragen Sie, wer ihn Ihnen gegeben hat.",
)
POLISH = DelegateWords(
    title="Odbierze ktoś inny?",
    note="Ta osoba dostaje własny PIN i kod QR. Przekazujesz je i możesz je cofnąć; Twój kod pozostaje.",
    name="Kto (widzisz to tylko Ty, może zostać puste)",
    ask="Utwórz dla niej kod",
    end="Cofnij",
    somebody="Ktoś",
    has_code="może odebrać",
    has_collected="odebrał(a)",
    has_ended="kod cofnięty",
    message="Odbierz proszę za mnie paczkę: {locker}. PIN: {pin}. Kod QR: {url}",
    by_text="Wyślij SMS-em",
    by_mail="Wyślij mailem",
    their_page="Strona tej osoby z kodem QR",
    asked="Masz odebrać paczkę",
    is_inside="Leży tutaj: {locker}. Przyłóż kod do skanera albo wpisz PIN.",
    not_inside="Jest w drodze tutaj: {locker}. Kod otworzy drzwiczki, gdy będzie w środku.",
    over="Ten kod już niczego nie otwiera",
    over_note="Paczkę odebrano albo kod cofnięto. Zapytaj osobę, która Ci go dała.",
)
FRENCH = DelegateWords(
    title="Quelqu'un d'autre vient le retirer ?",
    note="Cette personne reçoit un PIN et un code QR à elle. Vous les transmettez et pouvez les reprendre ; le vôtre"
    " reste.",
    name="Qui (vous seul le voyez, peut rester vide)",
    ask="Créer un code pour cette personne",
    end="Reprendre",
    somebody="Quelqu'un",
    has_code="peut le retirer",
    has_collected="l'a retiré",
    has_ended="code repris",
    message="Merci de retirer un colis pour moi : {locker}. PIN : {pin}. Code QR : {url}",
    by_text="Envoyer par SMS",
    by_mail="Envoyer par e-mail",
    their_page="Sa page avec le code QR",
    asked="On vous demande de retirer un colis",
    is_inside="Il est ici : {locker}. Présentez ce code au lecteur, ou tapez le PIN.",
    not_inside="Il arrive ici : {locker}. Le code ouvre la porte dès qu'il y est.",
    over="Ce code n'ouvre plus rien",
    over_note="Le colis a été retiré, ou le code a été repris. Demandez à qui vous l'a donné.",
)
WORDS = {"en": ENGLISH, "de": GERMAN, "pl": POLISH, "fr": FRENCH}
