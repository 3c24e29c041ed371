"""A recipient's page in German."""

from __future__ import annotations

from hub_service.web.page_words import PageWords, StatusWords

_LATER = "Schon Ihrer: Er öffnet das Fach, sobald Ihr Paket darin liegt"

GERMAN = PageWords(
    language="de",
    language_name="Deutsch",
    status={
        "home": StatusWords(
            "way",
            "Unterwegs zu Ihnen nach Hause",
            "Ist niemand da, kommt es in einen Paketautomaten in Ihrer Nähe, und Ihr Code erscheint hier.",
        ),
        "announced": StatusWords(
            "way",
            "Unterwegs zum Paketautomaten",
            "Wir sagen Ihnen Bescheid, sobald es in {locker_name} liegt.",
            _LATER,
        ),
        "delivery_failed": StatusWords(
            "late",
            "Niemand war zu Hause",
            "Gerade hat kein Automat in Ihrer Nähe Platz. Ihr Paketdienst behält das Paket und versucht es noch"
            " einmal.",
        ),
        "redirected": StatusWords(
            "way",
            "Niemand war zu Hause, darum kommt es in einen Automaten",
            "Es wird zu {locker_name} gebracht. Wir sagen Ihnen Bescheid, sobald es darin liegt.",
            _LATER,
        ),
        "ready_for_pickup": StatusWords(
            "ready", "Bereit für Sie", "Ihr Paket liegt {inside}.", "Halten Sie diesen Code vor den Scanner"
        ),
        "collected": StatusWords(
            "done", "Abgeholt", "Ihr Paket wurde aus dem Automaten genommen. Der Code ist verbraucht."
        ),
        "expired": StatusWords(
            "late",
            "Die Zeit ist um, aber es liegt noch da",
            "Ihr Paket liegt {inside}. Bis es jemand zurückholt, öffnet Ihr Code noch das Fach. Fragen Sie danach Ihren"
            " Paketdienst.",
            "Gilt noch, bis das Paket zurückgeholt wurde",
        ),
        "retrieved": StatusWords(
            "late",
            "Es wurde zurückgeholt",
            "Es liegt nicht mehr im Automaten. Wenn Sie es noch möchten, fragen Sie bald Ihren Paketdienst, mit der"
            " Nummer {tracking}.",
        ),
        "return_announced": StatusWords(
            "way", "Eine Rücksendung ist vorbereitet", "Bringen Sie Ihr Paket zu {locker_name}."
        ),
        "return_deposited": StatusWords("done", "Ihre Rücksendung liegt im Automaten", "Sie wird dort abgeholt."),
        "returned": StatusWords("done", "Auf dem Weg zurück zum Absender", "Ihr Paketdienst hat es."),
        "cancelled": StatusWords(
            "done", "Storniert", "Absender oder Paketdienst haben dieses Paket storniert. Es kommt nicht."
        ),
        "needs_attention": StatusWords(
            "help",
            "Jemand kümmert sich darum",
            "Etwas lief nicht wie geplant. Sie müssen nichts tun und hören von uns.",
            "Liegt Ihr Paket darin, öffnet dieser Code das Fach",
        ),
    },
    events={
        "announced": "Vom Paketdienst angekündigt",
        "taken_over": "Der Paketdienst hat das Paket",
        "set_out": "In Zustellung",
        "attempt_failed": "An der Tür konnte es niemand annehmen",
        "room_promised": "In {locker} ist ein Platz dafür frei gehalten",
        "redirected": "Umgeleitet zu {locker}",
        "deposited": "In Fach {n} von {locker} gelegt",
        "collected": "In {locker} abgeholt",
        "retrieved": "Aus {locker} zurückgeholt",
        "expired": "Die Zeit zum Abholen ist um",
        "extended": "Die Zeit zum Abholen wurde verlängert",
        "reminded": "Eine Erinnerung wurde verschickt",
        "cancelled": "Storniert",
        "doubted": "Jemand muss nachsehen, ob es in {locker} liegt",
        "displaced": "Jemand muss es in {locker} suchen",
        "not_found": "Es liegt nicht dort, wo es in {locker} liegen sollte; jemand sucht es",
        "clock_moved_on": "{locker} oder die Tür war eine Weile nicht erreichbar: Sie haben mehr Zeit",
        "hold_ended": "Es wurde nicht rechtzeitig zu {locker} gebracht",
        "handed_over": "Übergeben, sagt der Paketdienst",
        "sent_back": "Auf dem Weg zurück zum Absender",
        "recovered": "Wiedergefunden",
        "given_up": "Niemand konnte es finden",
        "delegate_asked": "Jemand anders darf es auch abholen",
        "delegate_ended": "Jemand, der gefragt war, darf es nicht mehr abholen",
        "collected_by_delegate": "Es war jemand, den Sie darum gebeten hatten",
        "low_wished": "Ein niedriges Fach wurde gewünscht",
        "day_wished": "Ein anderer Tag wurde gewünscht",
        "card_left": "An der Tür wurde eine Karte hinterlassen",
        "drop_off_asked": "Abzugeben bei {locker}",
        "return_asked": "Eine Rücksendung wurde angefragt",
        "dropped_off": "Abgegeben: Fach {n} von {locker}",
        "picked_up": "Aus {locker} abgeholt: Der Paketdienst hat es",
        "taken_back": "Mit dem Code wieder aus {locker} genommen",
        "called_off": "Die Abgabe wurde abgesagt",
        "lapsed": "Der Abgabecode ist ungenutzt abgelaufen",
        "rerouted": "Stattdessen abzugeben bei {locker}",
        "wanted_back": "Soll wieder aus {locker} herausgenommen werden",
        "found": "In Fach {n} von {locker} gesehen",
    },
    answers=(
        (
            "die Tür nicht aufgeht",
            "Ziehen Sie einmal an der Tür. Zeigen Sie dann den Code noch einmal: Drei Minuten lang öffnet er dieselbe "
            "Tür. Bleibt sie zu, {call}; Ihr Paket bleibt Ihres.",
        ),
        (
            "der Code nicht angenommen wird",
            "Prüfen Sie, ob Sie am richtigen Automaten sind und ob Ihr Paket darin liegt: Beides steht hier. Ein"
            " dunkler oder gesprungener Bildschirm ist schwer zu lesen: Tippen Sie stattdessen die PIN.",
        ),
        (
            "der Automat offline ist",
            "Gehen Sie ruhig hin. Ein Automat kennt Ihren Code und öffnet ohne Verbindung. Diese Seite kann hinterher"
            " sein.",
        ),
        (
            "Sie nicht selbst kommen können",
            "Jemand anders darf es abholen: Erstellen Sie oben einen eigenen Code dafür; Sie können ihn zurücknehmen.",
        ),
        (
            "das Fach leer oder Ihr Paket beschädigt ist",
            "Lassen Sie alles, wie es ist, schließen Sie die Tür, und {call}. Jedes Öffnen jeder Tür ist"
            " aufgezeichnet.",
        ),
        (
            "die Tür zu hoch für Sie ist",
            "Bitte {call}, wenn Sie dort sind. Bitten Sie beim nächsten Mal den Absender um ein niedriges Fach.",
        ),
    ),
    problems={
        "no_room": "Dort ist kein passender Platz mehr frei: Wählen Sie einen anderen Automaten.",
        "too_large": "Dort gibt es kein passendes Fach: Wählen Sie einen anderen Automaten.",
        "quota_full": "Dort ist für diesen Paketdienst kein Platz mehr: Wählen Sie einen anderen Automaten.",
        "too_many_changes": "Andere waren schneller: Versuchen Sie es noch einmal.",
        "unknown_locker": "Diesen Automaten gibt es nicht mehr: Wählen Sie einen anderen.",
        "too_far": "Wählen Sie einen Tag in den nächsten zwei Wochen.",
        "too_many_devices": "Fünf Geräte werden schon benachrichtigt: Beenden Sie das zuerst für alle.",
        "not_a_target": "Ihr Browser sagt nicht, wie er erreicht wird: Schalten Sie es noch einmal ein.",
        "no_code_yet": "Es gibt keinen Code zum Weitergeben: Das Paket kommt in keinen Automaten oder ist schon weg.",
        "unknown_delegate": "Diese Person steht nicht auf der Liste: Sehen Sie noch einmal nach.",
        "too_many_delegates": "Höchstens drei dürfen abholen: Nehmen Sie zuerst einen Code zurück.",
        "not_redirectable": "Das geht nicht mehr: Das Paket ist fast da, oder der Automat ist voll.",
        "already_extended": "Es wurde schon verlängert: Holen Sie es bis dahin ab, oder rufen Sie den Paketdienst an.",
        "not_waiting": "Das geht nicht mehr: Das Paket liegt nicht oder noch nicht dort.",
    },
    in_box="in Fach {n} von {locker_name}",
    in_locker="im Automaten {locker_name}",
    the_locker="dem Automaten",
    a_locker="einem Automaten",
    collect_by="Abholen bis",
    time_over="Die Zeit war um",
    go_soon="Solange es dort liegt, ist es nicht zu spät: Gehen Sie bald.",
    left="Noch {time}",
    more_hours="{count} Stunden mehr",
    more_days="{count} Tage mehr",
    collect_here="Hier abholen",
    goes_here="Es kommt in diesen Automaten",
    place="Tür {n}: die {row}. von oben.",
    place_in_column="Tür {n}: Spalte {column} von links, die {row}. von oben.",
    picture="Bild des Automaten",
    map="Auf einer Karte zeigen",
    code="Ihr Code",
    qr="QR-Code, der Ihr Fach öffnet",
    or_pin="oder tippen Sie diese PIN",
    time="Zeit zum Abholen",
    where="Wohin",
    what_if="Was tun, wenn …",
    call="rufen Sie {phone} an",
    call_locker="rufen Sie die Nummer am Automaten an",
    how_was_it="Wie war es?",
    thanks="Danke für {stars} von 5",
    of_five="{stars} von 5",
    so_far="Was bisher geschah",
    your_data="Ihre Daten",
    erased="Niemand kann mehr sehen, für wen dieses Paket war.",
    erasing="Ihr Name und Ihre Adressen werden in einem Tag gelöscht, oder einen Tag nachdem das Paket abgeholt wurde "
    "oder zurückging.",
    kept="Ihr Name und Ihre Adressen werden 30 Tage nach der Abholung gelöscht. Sie müssen nicht darauf warten.",
    erase="Meine Daten löschen",
    push="Nachrichten auf diesem Gerät",
    push_note="Ihr Browser kann Ihnen sagen, was mit diesem Paket geschieht, auch wenn diese Seite geschlossen ist."
    " Ohne Konto, ohne App.",
    push_on="Dieses Gerät benachrichtigen",
    push_off="Dieses Gerät nicht mehr benachrichtigen",
    push_denied="Ihr Browser erlaubt dieser Seite keine Benachrichtigungen. Erlauben Sie sie in den Einstellungen des"
    " Browsers und versuchen Sie es noch einmal.",
    push_told="Geräte, die benachrichtigt werden: {count}",
    push_none="Keines mehr benachrichtigen",
    foot="Paket {tracking}.",
    foot_carrier="Paket {tracking}, gebracht von {carrier}.",
    like_a_key="Wer die Adresse dieser Seite hat, kann Ihr Fach öffnen: Geben Sie sie weiter wie einen Schlüssel.",
    elsewhere="Lieber ein anderer Automat?",
    elsewhere_note="Es liegt noch nicht darin: Sie können einen anderen wählen. Ihr Code bleibt derselbe.",
    bring_there="Dorthin bringen",
    away="{km} km vom ersten",
    languages="Sprache",
    skip="Zum Inhalt",
)
