"""The notices in Polish. The short ones do without the letters that a text message has no place for."""

from __future__ import annotations

from hub_service.notices.texts import Language, Words

POLISH = Language(
    greeting="Dzień dobry, {name}!",
    hello="Dzień dobry!",
    closing="Nie potrzeba aplikacji ani konta. Tę wiadomość napisał automat paczkowy; odpowiedzi nikt nie czyta.",
    pieces={
        "code": "PIN: {pin}\nDrzwiczki otwiera także kod QR na stronie paczki.",
        "place": "Gdzie: {locker}\n{where}",
        "until": "Odbiór do: {until}",
        "more_time": "Za mało czasu? Na stronie paczki można go przedłużyć.",
        "someone_else": "Paczkę może odebrać ktoś inny: z kodem PIN albo QR. Oba są jak klucz.",
        "not_you": "Paczki nie odebrał nikt znajomy? Proszę zgłosić to przewoźnikowi, podając numer {tracking}.",
        "page": "Strona paczki: {page_url}",
        "drop_by": "Nadanie do: {until}",
        "receipt": "Potwierdzenie: {receipt}\nSkrytka {box}, {at}",
    },
    notices={
        "announced": Words(
            "Paczka {tracking} jest w drodze do: {locker}",
            "Paczka {tracking} jest w drodze do automatu {locker}. Napiszemy, gdy znajdzie się w skrytce; kod jest już "
            "tutaj i od tej chwili zadziała.",
            ("place", "code", "page"),
            "Paczka {tracking} jedzie do {place}. PIN bedzie {pin}, damy znac, gdy dotrze. {page_url}",
        ),
        "ready": Words(
            "Paczka {tracking} czeka: {locker}",
            "Paczka {tracking} czeka w automacie na odbiór.",
            ("code", "place", "until", "someone_else", "page"),
            "Paczka {tracking}: {place}. PIN {pin}, do {until}. {page_url}",
        ),
        "redirected": Words(
            "Nikogo nie było w domu: {tracking} jedzie do {locker}",
            "Kurier z paczką {tracking} nikogo nie zastał. Zawozi ją do automatu w pobliżu. Napiszemy, gdy znajdzie "
            "się w skrytce; kod poniżej już jest ważny dla tej paczki i się nie zmieni.",
            ("place", "code", "page"),
            "Nikogo w domu: paczka {tracking} jedzie do {place}. PIN {pin} zadziala, gdy dotrze. {page_url}",
        ),
        "reminder": Words(
            "Paczka {tracking} czeka do {until}",
            "Paczka {tracking} nadal czeka w automacie na odbiór.",
            ("code", "place", "until", "more_time", "someone_else", "page"),
            "Paczka {tracking} czeka: {place}, do {until}. PIN {pin}. Wiecej czasu: {page_url}",
        ),
        "extended": Words(
            "Więcej czasu na {tracking}: do {until}",
            "Na odbiór paczki {tracking} jest więcej czasu. Kod się nie zmienił.",
            ("until", "code", "place", "page"),
            "Wiecej czasu: paczka {tracking}, {place}, do {until}. PIN {pin}. {page_url}",
        ),
        "expired": Words(
            "Czas na {tracking} minął, ale paczka jeszcze jest",
            "Czas na odbiór paczki {tracking} minął i kurier ją zabierze. Do tej pory leży w automacie, a kod nadal "
            "otwiera drzwiczki: warto się pospieszyć.",
            ("code", "place", "page"),
            "Czas na paczke {tracking} minal: {place}. Zanim kurier ja zabierze, PIN {pin} dziala. {page_url}",
        ),
        "collected": Words(
            "Paczka {tracking} została odebrana",
            "Paczka {tracking} została wyjęta z automatu {locker}. Kod niczego już nie otwiera.",
            ("not_you", "page"),
            "Paczka {tracking} odebrana: {place}. To nie Ty? {page_url}",
        ),
        "cancelled": Words(
            "Paczka {tracking} nie przyjedzie",
            "Paczkę {tracking} anulował nadawca albo przewoźnik. Kod niczego już nie otwiera.",
            ("page",),
            "Paczke {tracking} anulowal nadawca albo przewoznik. {page_url}",
        ),
        "missed": Words(
            "Nikogo nie było w domu: {tracking}",
            "Kurier z paczką {tracking} nikogo nie zastał, a w żadnym automacie w pobliżu nie ma teraz miejsca. "
            "Przewoźnik zatrzymuje paczkę i spróbuje ponownie.",
            ("page",),
            "Nikogo w domu: paczka {tracking}, w automatach brak miejsca. Kurier sprobuje ponownie. {page_url}",
        ),
        "attention": Words(
            "Zajmujemy się paczką {tracking}",
            "Z paczką {tracking} coś poszło nie tak, jak powinno. Ktoś się tym zajmuje i damy znać, gdy sprawa się "
            "wyjaśni. Nic nie trzeba robić.",
            ("page",),
            "Z paczka {tracking} cos poszlo nie tak. Ktos sie tym zajmuje. {page_url}",
        ),
        "new_code": Words(
            "Nowy kod do paczki {tracking}",
            "Ktoś, kto znał imię, nazwisko i adres odbiorcy, poprosił naszą pomoc o nowy kod. Kod poniżej otwiera "
            "teraz skrytkę, a stary niczego już nie otwiera.",
            ("code", "place", "not_you", "page"),
            "Nowy kod, paczka {tracking}, {place}: PIN {pin}. To nie Ty? {page_url}",
        ),
        "more_time": Words(
            "Więcej czasu na {tracking}: do {until}",
            "Przez pewien czas odbiór paczki {tracking} mógł być niemożliwy. Ten czas się nie liczy: termin jest teraz "
            "późniejszy. Kod się nie zmienił.",
            ("until", "code", "place", "page"),
            "Wiecej czasu: paczka {tracking} czeka dluzej, {place}, do {until}. PIN {pin}. {page_url}",
        ),
        "handed_over": Words(
            "Paczka {tracking} została doręczona",
            "Przewoźnik podaje, że paczka {tracking} została doręczona. Nie trafi do automatu.",
            ("not_you", "page"),
            "Paczka {tracking} zostala doreczona, podaje przewoznik. To nie Ty? {page_url}",
        ),
        "sent_back": Words(
            "Paczka {tracking} wraca do nadawcy",
            "Paczka {tracking} wraca do nadawcy. Kod niczego już nie otwiera.",
            ("page",),
            "Paczka {tracking} wraca do nadawcy. {page_url}",
        ),
        "substitute": Words(
            "Inne miejsce: {tracking} jedzie do {locker}",
            "Paczka {tracking} trafi do innego automatu, niż pisaliśmy wcześniej. Kod się nie zmienił; napiszemy, gdy "
            "paczka znajdzie się w skrytce.",
            ("place", "code", "page"),
            "INNE MIEJSCE: paczka {tracking} jedzie do {place}. Ten sam PIN {pin}, damy znac. {page_url}",
        ),
        "hold_over": Words(
            "Paczka {tracking} nie dotarła jeszcze do automatu",
            "Paczki {tracking} nie dowieziono na czas do automatu. Nadal ma ją przewoźnik; napiszemy, gdy znów będzie "
            "w drodze. Kod się nie zmieni.",
            ("page",),
            "Paczka {tracking} nie dotarla jeszcze do automatu, ma ja przewoznik. {page_url}",
        ),
        "open_asked": Words(
            "Czy możemy otworzyć skrytkę? Paczka {tracking}",
            "Operator automatu pyta, czy wolno zdalnie otworzyć skrytkę z Twoją paczką {tracking}. Powód podajemy na "
            "Twojej stronie. Bez Twojej zgody skrytka pozostanie zamknięta; po kwadransie pytanie wygasa.",
            ("place", "page"),
            "Czy operator może otworzyć skrytkę paczki {tracking}, {place}? Tak lub nie: {page_url}",
        ),
        "door_opened": Words(
            "Skrytka została otwarta: paczka {tracking}",
            "Operator automatu zdalnie otworzył skrytkę z Twoją paczką {tracking}; powód został zapisany. Ktoś "
            "sprawdzi, czy wszystko w porządku. Twój kod nadal otwiera drzwiczki.",
            ("place", "page"),
            "Operator otworzył skrytkę paczki {tracking}, {place}. Twój kod nadal działa. {page_url}",
        ),
        "drop_off": Words(
            "Kod nadania paczki {tracking}",
            "Proszę przynieść paczkę do automatu podanego niżej i pokazać kod QR ze strony paczki albo wpisać "
            "PIN. Otworzy się skrytka, do której wkłada się paczkę i zamyka drzwiczki. Etykieta nie jest "
            "potrzebna; w miarę możliwości proszę napisać na paczce numer {tracking}.",
            ("code", "place", "drop_by", "page"),
            "Nadaj {tracking}: {place}, do {until}. PIN {pin}, bez etykiety. {page_url}",
        ),
        "drop_off_moved": Words(
            "Inny automat dla {tracking}: {locker}",
            "Paczkę {tracking} proszę nadać w innym automacie, niż pisaliśmy wcześniej. Kod się nie zmienił.",
            ("place", "code", "drop_by", "page"),
            "INNY AUTOMAT: nadaj {tracking}: {place}, do {until}. PIN {pin}. {page_url}",
        ),
        "dropped_off": Words(
            "Potwierdzenie: {tracking} nadano w {locker}",
            "Paczka {tracking} została włożona do automatu {locker}. To jest potwierdzenie nadania. Teraz "
            "zabierze ją kurier; wtedy napiszemy znowu.",
            ("receipt", "page"),
            "Potwierdzenie {receipt}: nadano {tracking}, {place}, skrytka {box}. {page_url}",
        ),
        "picked_up": Words(
            "Paczka {tracking} jest u przewoźnika",
            "Kurier wyjął paczkę {tracking} z automatu {locker}. Od teraz ma ją przewoźnik.",
            ("receipt", "page"),
            "Przewoznik ma {tracking}, odebrano: {place}. Nr {receipt}. {page_url}",
        ),
        "taken_back": Words(
            "Paczkę {tracking} wyjęto z powrotem",
            "Paczkę {tracking} wyjęto z automatu {locker} Twoim kodem. Nie zostanie wysłana.",
            ("receipt", "not_you", "page"),
            "{tracking} wyjeto Twoim kodem: {place}. To nie Ty? {page_url}",
        ),
        "drop_off_lapsed": Words(
            "Kod nadania {tracking} wygasł",
            "Nikt nie nadał paczki {tracking}, dopóki kod był ważny; teraz niczego już nie otwiera. Jeśli paczka "
            "ma zostać wysłana, proszę poprosić o nowy kod tam, skąd przyszedł ten.",
            ("page",),
            "Nie nadano {tracking}, kod wygasl. Popros o nowy. {page_url}",
        ),
        "drop_off_called_off": Words(
            "Nadanie {tracking} odwołano",
            "Nadanie paczki {tracking} zostało odwołane. Jej kod niczego już nie otwiera: proszę zatrzymać paczkę.",
            ("page",),
            "Zatrzymaj paczke {tracking}: nadanie odwolano. {page_url}",
        ),
        "wanted_back": Words(
            "Odbierz {tracking} z powrotem do: {until}",
            "Paczka {tracking} leży jeszcze w automacie i nie zostanie wysłana: kod poniżej pozwala ją wyjąć. "
            "Automat bez połączenia może dowiedzieć się o tym trochę później.",
            ("code", "place", "until", "page"),
            "{tracking} czeka: {place}, do {until}. PIN {pin} ja wyjmuje. {page_url}",
        ),
    },
)
