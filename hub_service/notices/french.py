"""The notices in French."""

from __future__ import annotations

from hub_service.notices.texts import Language, Words

FRENCH = Language(
    greeting="Bonjour {name},",
    hello="Bonjour,",
    closing="Ni application ni compte ne sont nécessaires. La consigne a écrit ce message ; nul ne lit les réponses.",
    pieces={
        "code": "Code PIN : {pin}\nLe code QR de votre page ouvre aussi la porte.",
        "place": "Où : {locker}\n{where}",
        "until": "À retirer avant : {until}",
        "more_time": "Trop court ? Vous pouvez prolonger le délai sur votre page.",
        "someone_else": "Une autre personne peut le retirer avec le code PIN ou le code QR. Ce sont des clés.",
        "not_you": "Ce n'était ni vous ni quelqu'un de votre part ? Dites-le à votre transporteur : {tracking}.",
        "page": "Votre page : {page_url}",
        "drop_by": "À déposer avant : {until}",
        "receipt": "Reçu : {receipt}\nCasier {box}, {at}",
    },
    notices={
        "announced": Words(
            "Le colis {tracking} est en route vers {locker}",
            "Votre colis {tracking} est en route vers la consigne {locker}. Nous vous écrirons dès qu'il y sera ; "
            "votre code figure déjà ici et sera valable à ce moment-là.",
            ("place", "code", "page"),
            "Le colis {tracking} va à {place}. Votre PIN sera {pin}, message à l'arrivée. {page_url}",
        ),
        "ready": Words(
            "Votre colis {tracking} vous attend : {locker}",
            "Votre colis {tracking} vous attend dans la consigne.",
            ("code", "place", "until", "someone_else", "page"),
            "Colis {tracking} : {place}. PIN {pin}, avant {until}. {page_url}",
        ),
        "redirected": Words(
            "Personne au domicile : {tracking} va à {locker}",
            "Le livreur n'a trouvé personne pour votre colis {tracking}. Il est porté dans une consigne proche de chez "
            "vous. Nous vous écrirons dès qu'il y sera ; le code ci-dessous est déjà le vôtre et ne changera pas.",
            ("place", "code", "page"),
            "Personne au domicile : colis {tracking} va à {place}. PIN {pin} dès son arrivée. {page_url}",
        ),
        "reminder": Words(
            "Le colis {tracking} vous attend jusqu'au {until}",
            "Votre colis {tracking} vous attend toujours dans la consigne.",
            ("code", "place", "until", "more_time", "someone_else", "page"),
            "Colis {tracking} : {place}, avant {until}. PIN {pin}. Plus de temps : {page_url}",
        ),
        "extended": Words(
            "Plus de temps pour {tracking} : jusqu'au {until}",
            "Vous avez plus de temps pour retirer votre colis {tracking}. Votre code ne change pas.",
            ("until", "code", "place", "page"),
            "Plus de temps : colis {tracking}, {place}, avant {until}. PIN {pin}. {page_url}",
        ),
        "expired": Words(
            "Le délai pour {tracking} est passé, mais il est encore là",
            "Le délai de retrait de votre colis {tracking} est passé, et un livreur va le reprendre. D'ici là, il "
            "reste dans la consigne et votre code ouvre encore la porte : allez-y vite.",
            ("code", "place", "page"),
            "Délai passé, colis {tracking}, {place}. PIN {pin} valable tant que le livreur n'est pas venu. {page_url}",
        ),
        "collected": Words(
            "Le colis {tracking} a été retiré",
            "Votre colis {tracking} a été retiré de la consigne {locker}. Votre code n'ouvre plus rien.",
            ("not_you", "page"),
            "Le colis {tracking} a été retiré à {place}. Ce n'était pas vous ? {page_url}",
        ),
        "cancelled": Words(
            "Le colis {tracking} ne viendra pas",
            "Votre colis {tracking} a été annulé par l'expéditeur ou le transporteur. Le code n'ouvre plus rien.",
            ("page",),
            "Le colis {tracking} a été annulé par l'expéditeur ou le transporteur. {page_url}",
        ),
        "missed": Words(
            "Personne au domicile : {tracking}",
            "Le livreur n'a trouvé personne pour votre colis {tracking}, et aucune consigne proche n'a de place pour "
            "le moment. Votre transporteur le garde et fera un nouvel essai.",
            ("page",),
            "Personne pour le colis {tracking}, pas de place en consigne. Un nouvel essai suivra. {page_url}",
        ),
        "attention": Words(
            "Nous nous occupons de votre colis {tracking}",
            "Quelque chose ne s'est pas passé comme prévu avec votre colis {tracking}. Une personne s'en occupe, et "
            "nous vous écrirons dès que c'est réglé. Vous n'avez rien à faire.",
            ("page",),
            "Un imprévu avec le colis {tracking}. Une personne s'en occupe. {page_url}",
        ),
        "new_code": Words(
            "Un nouveau code pour votre colis {tracking}",
            "Une personne qui connaissait votre nom et votre adresse a demandé un nouveau code à notre assistance. "
            "Celui-ci ouvre désormais votre casier ; l'ancien n'ouvre plus rien.",
            ("code", "place", "not_you", "page"),
            "Nouveau code, colis {tracking}, {place} : PIN {pin}. Ce n'était pas vous ? {page_url}",
        ),
        "more_time": Words(
            "Plus de temps pour {tracking} : jusqu'au {until}",
            "Pendant un moment, vous ne pouviez peut-être pas retirer votre colis {tracking}. Ce temps ne compte pas : "
            "le délai est prolongé. Votre code ne change pas.",
            ("until", "code", "place", "page"),
            "Délai prolongé : colis {tracking}, {place}, avant {until}. PIN {pin}. {page_url}",
        ),
        "handed_over": Words(
            "Le colis {tracking} a été remis",
            "Votre transporteur indique que votre colis {tracking} a été remis. Il ne va pas en consigne.",
            ("not_you", "page"),
            "Le colis {tracking} a été remis, indique le transporteur. Pas à vous ? {page_url}",
        ),
        "sent_back": Words(
            "Le colis {tracking} retourne à l'expéditeur",
            "Votre colis {tracking} retourne à l'expéditeur. Le code n'ouvre plus rien.",
            ("page",),
            "Le colis {tracking} retourne à l'expéditeur. {page_url}",
        ),
        "substitute": Words(
            "Autre lieu : {tracking} va à {locker}",
            "Votre colis {tracking} va dans une autre consigne que celle que nous vous avions indiquée. Votre code ne "
            "change pas ; nous vous écrirons dès que le colis y sera.",
            ("place", "code", "page"),
            "AUTRE LIEU : le colis {tracking} va à {place}. PIN inchangé {pin}, message à l'arrivée. {page_url}",
        ),
        "hold_over": Words(
            "Le colis {tracking} n'est pas encore en consigne",
            "Votre colis {tracking} n'a pas été porté à la consigne à temps. Votre transporteur l'a toujours, et nous "
            "vous écrirons dès qu'il repartira. Votre code ne change pas.",
            ("page",),
            "Le colis {tracking} n'est pas encore en consigne, le transporteur l'a toujours. {page_url}",
        ),
        "open_asked": Words(
            "Pouvons-nous ouvrir votre casier ? Colis {tracking}",
            "L'exploitant de la consigne vous demande si le casier de votre colis {tracking} peut être ouvert à "
            "distance. Votre page dit pourquoi. Sans votre accord il reste fermé ; après un quart d'heure, la question "
            "ne se pose plus.",
            ("place", "page"),
            "L'exploitant peut-il ouvrir le casier du colis {tracking}, {place} ? Oui ou non : {page_url}",
        ),
        "door_opened": Words(
            "Votre casier a été ouvert : colis {tracking}",
            "L'exploitant de la consigne a ouvert à distance le casier de votre colis {tracking} ; la raison est "
            "conservée. Quelqu'un vérifie que tout va bien. Votre code ouvre toujours la porte.",
            ("place", "page"),
            "L'exploitant a ouvert le casier du colis {tracking}, {place}. Votre code marche toujours. {page_url}",
        ),
        "drop_off": Words(
            "Votre code de dépôt pour {tracking}",
            "Apportez votre colis à la consigne ci-dessous et montrez le code QR de votre page, ou tapez le code "
            "PIN. Un casier s'ouvre, vous y mettez le colis et vous fermez la porte. Aucune étiquette n'est "
            "nécessaire ; si possible, écrivez le numéro {tracking} sur le colis.",
            ("code", "place", "drop_by", "page"),
            "Déposez {tracking} : {place}, avant {until}. PIN {pin}, sans étiquette. {page_url}",
        ),
        "drop_off_moved": Words(
            "Une autre consigne pour {tracking} : {locker}",
            "Déposez votre colis {tracking} dans une autre consigne que celle annoncée. Votre code reste le même.",
            ("place", "code", "drop_by", "page"),
            "AUTRE CONSIGNE : déposez {tracking}, {place}, avant {until}. PIN {pin}. {page_url}",
        ),
        "dropped_off": Words(
            "Reçu : {tracking} déposé à {locker}",
            "Vous avez mis votre colis {tracking} dans la consigne {locker}. Voici votre reçu. Un coursier le "
            "prend ensuite ; nous vous écrirons alors.",
            ("receipt", "page"),
            "Reçu {receipt} : {tracking} déposé, {place}, casier {box}. {page_url}",
        ),
        "picked_up": Words(
            "Votre transporteur a {tracking}",
            "Un coursier a pris votre colis {tracking} dans la consigne {locker}. Votre transporteur l'a désormais.",
            ("receipt", "page"),
            "Votre transporteur a {tracking}, pris à {place}. Reçu {receipt}. {page_url}",
        ),
        "taken_back": Words(
            "{tracking} a été repris",
            "Votre colis {tracking} a été repris dans la consigne {locker} avec votre code. Il n'est pas envoyé.",
            ("receipt", "not_you", "page"),
            "{tracking} a été repris avec votre code : {place}. Pas vous ? {page_url}",
        ),
        "drop_off_lapsed": Words(
            "Le code pour {tracking} a expiré",
            "Personne n'a déposé le colis {tracking} tant que son code était valable ; il n'ouvre plus rien. Si "
            "vous voulez encore l'envoyer, demandez un nouveau code là où vous avez reçu celui-ci.",
            ("page",),
            "{tracking} n'a pas été déposé, son code a expiré. {page_url}",
        ),
        "drop_off_called_off": Words(
            "{tracking} n'est plus à déposer",
            "Le dépôt du colis {tracking} a été annulé. Son code n'ouvre plus rien : gardez le colis.",
            ("page",),
            "Gardez le colis {tracking} : son dépôt a été annulé. {page_url}",
        ),
        "wanted_back": Words(
            "Reprenez {tracking} avant : {until}",
            "Votre colis {tracking} est encore dans la consigne et n'est pas envoyé : le code ci-dessous permet "
            "de le reprendre. Une consigne hors ligne peut l'apprendre un peu plus tard.",
            ("code", "place", "until", "page"),
            "{tracking} vous attend : {place}, avant {until}. PIN {pin}. {page_url}",
        ),
    },
)
