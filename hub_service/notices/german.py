"""The notices in German."""

from __future__ import annotations

from hub_service.notices.texts import Language, Words

GERMAN = Language(
    greeting="Guten Tag {name},",
    hello="Guten Tag,",
    closing="Sie brauchen keine App und kein Konto. Diese Mail schreibt die Paketstation; Antworten liest niemand.",
    pieces={
        "code": "PIN: {pin}\nDer QR-Code auf Ihrer Seite öffnet die Tür ebenfalls.",
        "place": "Wo: {locker}\n{where}",
        "until": "Abholen bis: {until}",
        "more_time": "Die Zeit reicht nicht? Auf Ihrer Seite können Sie verlängern.",
        "someone_else": "Jemand anderes darf abholen: mit PIN oder QR-Code. Beide sind wie ein Schlüssel.",
        "not_you": "Das waren weder Sie noch jemand in Ihrem Auftrag? Sagen Sie es Ihrem Paketdienst: {tracking}.",
        "page": "Ihre Seite: {page_url}",
        "drop_by": "Abgeben bis: {until}",
        "receipt": "Quittung: {receipt}\nFach {box}, {at}",
    },
    notices={
        "announced": Words(
            "Paket {tracking} ist unterwegs zu {locker}",
            "Ihr Paket {tracking} ist unterwegs zur Paketstation {locker}. Wir schreiben noch einmal, wenn es drin "
            "ist; Ihr Code steht schon hier und gilt ab dann.",
            ("place", "code", "page"),
            "Paket {tracking} kommt nach {place}. Ihre PIN wird {pin} sein, wir melden uns, wenn es da ist. {page_url}",
        ),
        "ready": Words(
            "Ihr Paket {tracking} liegt bereit: {locker}",
            "Ihr Paket {tracking} liegt in der Paketstation für Sie bereit.",
            ("code", "place", "until", "someone_else", "page"),
            "Paket {tracking} liegt bereit: {place}. PIN {pin}, bis {until}. {page_url}",
        ),
        "redirected": Words(
            "Niemand zu Hause: {tracking} geht an {locker}",
            "der Kurier hat mit Ihrem Paket {tracking} niemanden angetroffen. Es kommt in eine Paketstation in "
            "Ihrer Nähe. Wir schreiben noch einmal, wenn es drin ist; der Code unten gehört Ihnen schon jetzt und "
            "bleibt gleich.",
            ("place", "code", "page"),
            "Niemand zu Hause: Paket {tracking} geht an {place}. PIN {pin} gilt, sobald es drin ist. {page_url}",
        ),
        "reminder": Words(
            "Paket {tracking} wartet bis {until} auf Sie",
            "Ihr Paket {tracking} wartet noch in der Paketstation auf Sie.",
            ("code", "place", "until", "more_time", "someone_else", "page"),
            "Paket {tracking} wartet: {place}, bis {until}. PIN {pin}. Mehr Zeit: {page_url}",
        ),
        "extended": Words(
            "Mehr Zeit für {tracking}: bis {until}",
            "Sie haben mehr Zeit, Ihr Paket {tracking} abzuholen. Ihr Code bleibt derselbe.",
            ("until", "code", "place", "page"),
            "Mehr Zeit: Paket {tracking}, {place}, bis {until}. PIN {pin}. {page_url}",
        ),
        "expired": Words(
            "Die Zeit für {tracking} ist um, noch ist es da",
            "die Zeit für Ihr Paket {tracking} ist um, und ein Kurier wird es mitnehmen. Bis dahin bleibt es im "
            "Fach, und Ihr Code öffnet die Tür noch: Gehen Sie bald.",
            ("code", "place", "page"),
            "Die Zeit ist um für Paket {tracking}, {place}. Bis der Kurier kommt, gilt PIN {pin} noch. {page_url}",
        ),
        "collected": Words(
            "Paket {tracking} wurde abgeholt",
            "Ihr Paket {tracking} wurde aus der Paketstation {locker} geholt. Ihr Code öffnet nun nichts mehr.",
            ("not_you", "page"),
            "Paket {tracking} wurde abgeholt: {place}. Das waren nicht Sie? {page_url}",
        ),
        "cancelled": Words(
            "Paket {tracking} kommt nicht",
            "Ihr Paket {tracking} wurde vom Absender oder vom Paketdienst storniert. Der Code öffnet nichts mehr.",
            ("page",),
            "Paket {tracking} wurde vom Absender oder vom Paketdienst storniert. {page_url}",
        ),
        "missed": Words(
            "Niemand zu Hause: {tracking}",
            "der Kurier hat mit Ihrem Paket {tracking} niemanden angetroffen, und keine Paketstation in Ihrer Nähe hat "
            "gerade Platz. Ihr Paketdienst behält es und versucht es noch einmal.",
            ("page",),
            "Niemand zu Hause für Paket {tracking}, keine Station hat Platz. Es wird noch einmal versucht. {page_url}",
        ),
        "attention": Words(
            "Wir kümmern uns um Ihr Paket {tracking}",
            "mit Ihrem Paket {tracking} ist etwas nicht gelaufen wie geplant. Jemand kümmert sich darum, und Sie "
            "hören von uns, sobald es gelöst ist. Sie brauchen nichts zu tun.",
            ("page",),
            "Mit Paket {tracking} lief etwas nicht wie geplant. Jemand kümmert sich darum. {page_url}",
        ),
        "new_code": Words(
            "Ein neuer Code für Ihr Paket {tracking}",
            "jemand, der Ihren Namen und Ihre Adresse kannte, hat unsere Hilfe um einen neuen Code gebeten. Der Code "
            "unten öffnet ab jetzt Ihr Fach, der alte nichts mehr.",
            ("code", "place", "not_you", "page"),
            "Neuer Code für Paket {tracking}, {place}: PIN {pin}. Das waren nicht Sie? {page_url}",
        ),
        "more_time": Words(
            "Mehr Zeit für {tracking}: bis {until}",
            "eine Zeit lang konnten Sie Ihr Paket {tracking} vielleicht nicht abholen. Diese Zeit zählt nicht: Sie "
            "haben nun länger Zeit. Ihr Code bleibt derselbe.",
            ("until", "code", "place", "page"),
            "Mehr Zeit: Paket {tracking} liegt länger, {place}, bis {until}. PIN {pin}. {page_url}",
        ),
        "handed_over": Words(
            "Paket {tracking} wurde übergeben",
            "Ihr Paketdienst meldet, dass Ihr Paket {tracking} übergeben wurde. Es kommt in keine Paketstation.",
            ("not_you", "page"),
            "Paket {tracking} wurde übergeben, meldet Ihr Paketdienst. Nicht an Sie? {page_url}",
        ),
        "sent_back": Words(
            "Paket {tracking} geht an den Absender zurück",
            "Ihr Paket {tracking} geht an den Absender zurück. Der Code öffnet nichts mehr.",
            ("page",),
            "Paket {tracking} geht an den Absender zurück. {page_url}",
        ),
        "substitute": Words(
            "Anderer Ort: {tracking} geht an {locker}",
            "Ihr Paket {tracking} kommt in eine andere Paketstation, als wir Ihnen geschrieben hatten. Ihr Code bleibt "
            "derselbe; wir schreiben noch einmal, wenn das Paket drin ist.",
            ("place", "code", "page"),
            "ANDERER ORT: Paket {tracking} geht an {place}. PIN {pin} bleibt, wir melden uns. {page_url}",
        ),
        "hold_over": Words(
            "Paket {tracking} ist noch nicht in der Paketstation",
            "Ihr Paket {tracking} wurde nicht rechtzeitig zur Paketstation gebracht. Ihr Paketdienst hat es noch, und "
            "Sie hören von uns, sobald es wieder unterwegs ist. Ihr Code bleibt derselbe.",
            ("page",),
            "Paket {tracking} kam noch nicht in die Paketstation, der Paketdienst hat es noch. {page_url}",
        ),
        "open_asked": Words(
            "Dürfen wir Ihr Fach öffnen? Paket {tracking}",
            "Der Betreiber der Paketstation fragt Sie, ob das Fach mit Ihrem Paket {tracking} aus der Ferne geöffnet "
            "werden darf. Warum, steht auf Ihrer Seite. Ohne Ihr Ja bleibt es zu; nach einer Viertelstunde fragt "
            "niemand mehr.",
            ("place", "page"),
            "Darf der Betreiber das Fach von Paket {tracking} öffnen, {place}? Ja oder nein: {page_url}",
        ),
        "door_opened": Words(
            "Ihr Fach wurde geöffnet: Paket {tracking}",
            "Das Fach mit Ihrem Paket {tracking} hat der Betreiber der Paketstation aus der Ferne geöffnet; der Grund "
            "ist festgehalten. Jemand sieht nach, ob alles in Ordnung ist. Ihr Code öffnet die Tür weiterhin.",
            ("place", "page"),
            "Der Betreiber hat das Fach von Paket {tracking} geöffnet, {place}. Ihr Code gilt weiter. {page_url}",
        ),
        "drop_off": Words(
            "Ihr Abgabecode für {tracking}",
            "Bringen Sie Ihr Paket zur Station unten und zeigen Sie den QR-Code Ihrer Seite, oder tippen Sie die "
            "PIN. Ein Fach öffnet sich, Sie legen das Paket hinein und schließen die Tür. Sie brauchen kein "
            "Etikett; schreiben Sie, wenn es geht, die Nummer {tracking} auf das Paket.",
            ("code", "place", "drop_by", "page"),
            "{tracking} abgeben: {place}, bis {until}. PIN {pin}, kein Etikett. {page_url}",
        ),
        "drop_off_moved": Words(
            "Andere Station für {tracking}: {locker}",
            "Bitte geben Sie Ihr Paket {tracking} an einer anderen Station ab, als wir zuerst geschrieben haben. "
            "Ihr Code bleibt derselbe.",
            ("place", "code", "drop_by", "page"),
            "ANDERE STATION: {tracking} abgeben: {place}, bis {until}. PIN {pin}. {page_url}",
        ),
        "dropped_off": Words(
            "Quittung: {tracking} wurde abgegeben, {locker}",
            "Sie haben Ihr Paket {tracking} in die Station {locker} gelegt. Dies ist Ihre Quittung. Als Nächstes "
            "holt es ein Kurier ab; dann hören Sie von uns.",
            ("receipt", "page"),
            "Quittung {receipt}: {tracking} abgegeben, {place}, Fach {box}. {page_url}",
        ),
        "picked_up": Words(
            "Ihr Paketdienst hat {tracking}",
            "Ein Kurier hat Ihr Paket {tracking} aus der Station {locker} genommen. Ab jetzt hat es Ihr Paketdienst.",
            ("receipt", "page"),
            "Ihr Paketdienst hat {tracking}, abgeholt: {place}. Quittung {receipt}. {page_url}",
        ),
        "taken_back": Words(
            "{tracking} wurde wieder herausgenommen",
            "Ihr Paket {tracking} wurde mit Ihrem Code aus der Station {locker} genommen. Es wird nicht verschickt.",
            ("receipt", "not_you", "page"),
            "{tracking} wurde mit Ihrem Code herausgenommen: {place}. Nicht Sie? {page_url}",
        ),
        "drop_off_lapsed": Words(
            "Der Code für {tracking} ist abgelaufen",
            "Niemand hat das Paket {tracking} abgegeben, solange der Code galt; er öffnet jetzt nichts mehr. "
            "Wollen Sie es noch verschicken, bitten Sie dort um einen neuen, wo Sie diesen bekommen haben.",
            ("page",),
            "{tracking} wurde nicht abgegeben, der Code ist abgelaufen. {page_url}",
        ),
        "drop_off_called_off": Words(
            "{tracking} soll nicht mehr abgegeben werden",
            "Die Abgabe des Pakets {tracking} wurde abgesagt. Der Code öffnet nichts mehr: Behalten Sie das Paket.",
            ("page",),
            "Behalten Sie {tracking}: Die Abgabe wurde abgesagt. {page_url}",
        ),
        "wanted_back": Words(
            "{tracking} wieder herausnehmen bis {until}",
            "Ihr Paket {tracking} liegt noch in der Station und wird nicht verschickt: Der Code unten holt es "
            "wieder heraus. Ist die Station offline, erfährt sie es etwas später.",
            ("code", "place", "until", "page"),
            "{tracking} liegt für Sie bereit: {place}, bis {until}. PIN {pin}. {page_url}",
        ),
    },
)
