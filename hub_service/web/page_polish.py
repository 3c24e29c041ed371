"""A recipient's page in Polish."""

from __future__ import annotations

from hub_service.web.page_words import PageWords, StatusWords

_LATER = "Już Twój: otworzy skrytkę, gdy paczka będzie w środku"

POLISH = PageWords(
    language="pl",
    language_name="Polski",
    status={
        "home": StatusWords(
            "way",
            "W drodze do Twoich drzwi",
            "Jeśli nikogo nie będzie w domu, paczka trafi do automatu w pobliżu, a Twój kod pojawi się tutaj.",
        ),
        "announced": StatusWords(
            "way", "W drodze do automatu", "Damy Ci znać, gdy będzie w środku: {locker_name}.", _LATER
        ),
        "delivery_failed": StatusWords(
            "late",
            "Nikogo nie było w domu",
            "Żaden automat w pobliżu nie ma teraz miejsca. Przewoźnik zatrzyma paczkę i spróbuje ponownie.",
        ),
        "redirected": StatusWords(
            "way",
            "Nikogo nie było w domu, więc paczka jedzie do automatu",
            "Jedzie do: {locker_name}. Damy Ci znać, gdy będzie w środku.",
            _LATER,
        ),
        "ready_for_pickup": StatusWords(
            "ready", "Gotowa do odbioru", "Twoja paczka leży {inside}.", "Pokaż ten kod czytnikowi"
        ),
        "collected": StatusWords("done", "Odebrana", "Paczka została wyjęta z automatu. Kod już nie działa."),
        "expired": StatusWords(
            "late",
            "Czas minął, ale paczka jeszcze tam jest",
            "Twoja paczka leży {inside}. Dopóki kurier jej nie zabierze, Twój kod otwiera skrytkę. Potem zapytaj o nią"
            " przewoźnika.",
            "Działa, dopóki kurier nie zabierze paczki",
        ),
        "retrieved": StatusWords(
            "late",
            "Kurier ją zabrał",
            "Paczki nie ma już w automacie. Jeśli nadal jej chcesz, zapytaj szybko przewoźnika, podając numer"
            " {tracking}.",
        ),
        "return_announced": StatusWords("way", "Zwrot jest przygotowany", "Przynieś paczkę do: {locker_name}."),
        "return_deposited": StatusWords("done", "Twój zwrot jest w automacie", "Kurier go stamtąd zabierze."),
        "returned": StatusWords("done", "W drodze powrotnej do nadawcy", "Ma ją Twój przewoźnik."),
        "cancelled": StatusWords(
            "done", "Anulowana", "Nadawca lub przewoźnik anulował tę paczkę. Nie zostanie dostarczona."
        ),
        "needs_attention": StatusWords(
            "help",
            "Ktoś się tym zajmuje",
            "Coś nie poszło zgodnie z planem. Nie musisz nic robić, odezwiemy się.",
            "Jeśli paczka jest w środku, ten kod otwiera skrytkę",
        ),
    },
    events={
        "announced": "Zapowiedziana przez przewoźnika",
        "taken_over": "Przewoźnik ma paczkę",
        "set_out": "Wydana do doręczenia",
        "attempt_failed": "Nikt nie mógł jej odebrać przy drzwiach",
        "room_promised": "Zarezerwowano miejsce: {locker}",
        "redirected": "Przekierowana do: {locker}",
        "deposited": "Włożona do skrytki {n}: {locker}",
        "collected": "Odebrana: {locker}",
        "retrieved": "Zabrana przez kuriera: {locker}",
        "expired": "Czas odbioru minął",
        "extended": "Czas odbioru przedłużono",
        "reminded": "Wysłano przypomnienie",
        "cancelled": "Anulowana",
        "doubted": "Ktoś musi sprawdzić, czy tam leży: {locker}",
        "displaced": "Ktoś musi jej tam poszukać: {locker}",
        "not_found": "Nie ma jej tam, gdzie powinna być: {locker}; ktoś jej szuka",
        "clock_moved_on": "Automat lub skrytka przez chwilę nie działały: {locker}; masz więcej czasu",
        "hold_ended": "Nie dotarła na czas do: {locker}",
        "handed_over": "Wręczona, mówi przewoźnik",
        "sent_back": "W drodze powrotnej do nadawcy",
        "recovered": "Odnaleziona",
        "given_up": "Nikt nie mógł jej znaleźć",
        "delegate_asked": "Może ją odebrać także ktoś inny",
        "delegate_ended": "Jedna z upoważnionych osób nie może jej już odebrać",
        "collected_by_delegate": "Odebrała ją osoba, którą o to poproszono",
        "card_left": "Przy drzwiach zostawiono kartę",
        "drop_off_asked": "Do nadania: {locker}",
        "return_asked": "Poproszono o zwrot",
        "dropped_off": "Nadano: skrytka {n}, {locker}",
        "picked_up": "Kurier wyjął z {locker}: paczkę ma przewoźnik",
        "taken_back": "Wyjęto z powrotem kodem: {locker}",
        "called_off": "Nadanie odwołano",
        "lapsed": "Kod nadania wygasł niewykorzystany",
        "rerouted": "Do nadania zamiast tego: {locker}",
        "wanted_back": "Ma zostać wyjęta z powrotem: {locker}",
        "found": "Widziana w skrytce {n}: {locker}",
    },
    answers=(
        (
            "drzwiczki się nie otwierają",
            "Pociągnij raz za drzwiczki. Potem pokaż kod jeszcze raz: przez trzy minuty otwiera te same drzwiczki. "
            "Jeśli nadal są zamknięte, {call}; paczka pozostaje Twoja.",
        ),
        (
            "kod nie jest przyjmowany",
            "Sprawdź, czy jesteś przy właściwym automacie i czy paczka jest w środku: jedno i drugie jest na tej "
            "stronie. Ciemny lub pęknięty ekran trudno odczytać: wpisz wtedy PIN.",
        ),
        (
            "automat jest offline",
            "Idź śmiało. Automat zna Twój kod i otwiera bez połączenia. Ta strona może być opóźniona.",
        ),
        (
            "nie możesz przyjść osobiście",
            "Może ją odebrać ktoś inny: utwórz powyżej osobny kod. Możesz go cofnąć.",
        ),
        (
            "skrytka jest pusta lub paczka uszkodzona",
            "Zostaw wszystko tak, jak jest, zamknij drzwiczki i {call}. Każde otwarcie jest zapisane.",
        ),
        (
            "drzwiczki są dla Ciebie za wysoko",
            "Będąc na miejscu, {call}. Następnym razem poproś nadawcę o niską skrytkę.",
        ),
    ),
    problems={
        "no_code_yet": "Nie ma teraz kodu do przekazania: paczka nie jedzie do automatu albo już jej tam nie ma.",
        "unknown_delegate": "Tej osoby nie ma na liście: sprawdź jeszcze raz.",
        "too_many_delegates": "Odebrać mogą najwyżej trzy osoby: najpierw cofnij jeden kod.",
        "not_redirectable": "To już niemożliwe: paczka jest prawie na miejscu albo automat jest pełny.",
        "already_extended": "Czas był już przedłużony: odbierz paczkę w terminie albo zadzwoń do przewoźnika.",
        "not_waiting": "To już niemożliwe: paczki tam nie ma albo jeszcze nie ma.",
    },
    in_box="w skrytce {n}: {locker_name}",
    in_locker="w automacie: {locker_name}",
    the_locker="automat",
    a_locker="automat",
    collect_by="Odbierz do",
    time_over="Czas minął",
    go_soon="Dopóki tam leży, nie jest za późno: idź niedługo.",
    left="Pozostało: {time}",
    more_hours="Jeszcze {count} godz.",
    more_days="Jeszcze {count} dni",
    collect_here="Odbierz tutaj",
    goes_here="Jedzie do tego automatu",
    place="Drzwiczki {n}: {row}. od góry.",
    place_in_column="Drzwiczki {n}: kolumna {column} od lewej, {row}. od góry.",
    picture="Rysunek automatu",
    map="Pokaż na mapie",
    code="Twój kod",
    qr="Kod QR, który otwiera Twoją skrytkę",
    or_pin="albo wpisz ten PIN",
    time="Czas odbioru",
    where="Dokąd iść",
    what_if="Co robić, gdy …",
    call="zadzwoń pod {phone}",
    call_locker="zadzwoń pod numer na automacie",
    how_was_it="Jak było?",
    thanks="Dziękujemy za {stars} z 5",
    of_five="{stars} z 5",
    so_far="Co się dotąd działo",
    your_data="Twoje dane",
    erased="Nikt już nie zobaczy, dla kogo była ta paczka.",
    erasing="Twoje imię i adresy zostaną usunięte za dzień albo dzień po odbiorze lub zwrocie paczki.",
    kept="Twoje imię i adresy są usuwane 30 dni po odbiorze paczki. Nie musisz na to czekać.",
    erase="Usuń moje dane",
    push="Powiadomienia na tym urządzeniu",
    push_note="Przeglądarka może informować o tej paczce także wtedy, gdy ta strona jest zamknięta. Bez konta i bez"
    " aplikacji.",
    push_on="Powiadamiaj to urządzenie",
    push_off="Nie powiadamiaj już tego urządzenia",
    push_denied="Przeglądarka nie pozwala tej stronie na powiadomienia. Zezwól na nie w ustawieniach przeglądarki i"
    " spróbuj ponownie.",
    push_told="Powiadamiane urządzenia: {count}",
    push_none="Nie powiadamiaj już żadnego",
    foot="Paczka {tracking}.",
    foot_carrier="Paczka {tracking}, przewoźnik: {carrier}.",
    like_a_key="Kto ma adres tej strony, może otworzyć Twoją skrytkę: dziel się nim jak kluczem.",
    elsewhere="Wolisz inny automat?",
    elsewhere_note="Paczki jeszcze tam nie ma, więc możesz wybrać inny. Kod pozostaje ten sam.",
    bring_there="Wyślij tam",
    away="{km} km od pierwszego",
    languages="Język",
    skip="Przejdź do treści",
)
