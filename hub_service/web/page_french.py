"""A recipient's page in French."""

from __future__ import annotations

from hub_service.web.page_words import PageWords, StatusWords

_LATER = "Déjà à vous : il ouvre la porte dès que votre colis est à l'intérieur"

FRENCH = PageWords(
    language="fr",
    language_name="Français",
    status={
        "home": StatusWords(
            "way",
            "En route vers votre domicile",
            "Si personne n'est là, il ira dans une consigne près de chez vous, et votre code apparaîtra ici.",
        ),
        "announced": StatusWords(
            "way", "En route vers la consigne", "Nous vous prévenons dès qu'il est dans {locker_name}.", _LATER
        ),
        "delivery_failed": StatusWords(
            "late",
            "Il n'y avait personne",
            "Aucune consigne proche n'a de place en ce moment. Votre transporteur garde le colis et réessaiera.",
        ),
        "redirected": StatusWords(
            "way",
            "Il n'y avait personne : il va dans une consigne",
            "On l'apporte à {locker_name}. Nous vous prévenons dès qu'il y est.",
            _LATER,
        ),
        "ready_for_pickup": StatusWords(
            "ready", "Prêt pour vous", "Votre colis se trouve {inside}.", "Présentez ce code devant le lecteur"
        ),
        "collected": StatusWords("done", "Retiré", "Votre colis a été retiré de la consigne. Le code ne sert plus."),
        "expired": StatusWords(
            "late",
            "Le délai est passé, mais il est encore là",
            "Votre colis se trouve {inside}. Tant qu'on ne l'a pas repris, votre code ouvre encore la porte. Ensuite,"
            " demandez-le à votre transporteur.",
            "Encore valable, jusqu'à la reprise du colis",
        ),
        "retrieved": StatusWords(
            "late",
            "Il a été repris",
            "Il n'est plus dans la consigne. Si vous le voulez encore, demandez-le vite à votre transporteur, avec le"
            " numéro {tracking}.",
        ),
        "return_announced": StatusWords("way", "Un retour est préparé", "Apportez votre colis à {locker_name}."),
        "return_deposited": StatusWords("done", "Votre retour est dans la consigne", "On viendra l'y chercher."),
        "returned": StatusWords("done", "En route vers son expéditeur", "Votre transporteur l'a."),
        "cancelled": StatusWords(
            "done", "Annulé", "L'expéditeur ou le transporteur a annulé ce colis. Il ne viendra pas."
        ),
        "needs_attention": StatusWords(
            "help",
            "Quelqu'un s'en occupe",
            "Tout ne s'est pas passé comme prévu. Vous n'avez rien à faire, nous vous tenons au courant.",
            "Si votre colis est à l'intérieur, ce code ouvre la porte",
        ),
    },
    events={
        "announced": "Annoncé par le transporteur",
        "taken_over": "Le transporteur a le colis",
        "set_out": "En cours de livraison",
        "attempt_failed": "Personne n'a pu le recevoir à la porte",
        "room_promised": "Une place lui est gardée à {locker}",
        "redirected": "Redirigé vers {locker}",
        "deposited": "Déposé dans le casier {n} de {locker}",
        "collected": "Retiré à {locker}",
        "retrieved": "Repris à {locker}",
        "expired": "Le délai de retrait est passé",
        "extended": "Le délai de retrait a été prolongé",
        "reminded": "Un rappel a été envoyé",
        "cancelled": "Annulé",
        "doubted": "Quelqu'un doit vérifier s'il est à {locker}",
        "displaced": "Quelqu'un doit le chercher à {locker}",
        "not_found": "Il n'est pas à sa place à {locker} ; quelqu'un le cherche",
        "clock_moved_on": "{locker} ou sa porte est restée hors d'atteinte : vous avez plus de temps",
        "hold_ended": "Il n'a pas été apporté à temps à {locker}",
        "handed_over": "Remis, dit le transporteur",
        "sent_back": "En route vers l'expéditeur",
        "recovered": "Retrouvé",
        "given_up": "Personne n'a pu le trouver",
        "delegate_asked": "Quelqu'un d'autre peut aussi le retirer",
        "delegate_ended": "L'une des personnes demandées ne peut plus le retirer",
        "collected_by_delegate": "C'était quelqu'un à qui vous l'aviez demandé",
        "card_left": "Une carte a été laissée à la porte",
        "drop_off_asked": "À déposer : {locker}",
        "return_asked": "Un retour a été demandé",
        "dropped_off": "Déposé : casier {n}, {locker}",
        "picked_up": "Pris par un coursier à {locker} : le transporteur l'a",
        "taken_back": "Repris avec le code à {locker}",
        "called_off": "Le dépôt a été annulé",
        "lapsed": "Le code de dépôt a expiré sans servir",
        "rerouted": "À déposer plutôt à {locker}",
        "wanted_back": "À reprendre à {locker}",
        "found": "Vu dans le casier {n} de {locker}",
    },
    answers=(
        (
            "la porte ne s'ouvre pas",
            "Tirez une fois sur la porte. Puis présentez de nouveau le code : pendant trois minutes, il ouvre la même "
            "porte. Si elle reste fermée, {call} ; votre colis reste à vous.",
        ),
        (
            "le code n'est pas accepté",
            "Vérifiez que vous êtes à la bonne consigne et que votre colis y est : cette page dit les deux. Un écran "
            "sombre ou fêlé se lit mal : tapez plutôt le code PIN.",
        ),
        (
            "la consigne est hors ligne",
            "Allez-y. Une consigne connaît votre code et s'ouvre sans connexion. Cette page peut avoir du retard.",
        ),
        (
            "vous ne pouvez pas venir",
            "Quelqu'un d'autre peut le retirer : créez plus haut un code à part. Vous pourrez le reprendre.",
        ),
        (
            "le casier est vide ou votre colis abîmé",
            "Laissez tout en l'état, fermez la porte et {call}. Chaque ouverture de chaque porte est enregistrée.",
        ),
        (
            "la porte est trop haute pour vous",
            "Une fois sur place, {call}. La prochaine fois, demandez un casier bas à l'expéditeur.",
        ),
    ),
    problems={
        "no_code_yet": "Il n'y a pas de code à partager : le colis ne va dans aucune consigne, ou n'y est plus.",
        "unknown_delegate": "Cette personne n'est pas sur la liste : regardez encore une fois.",
        "too_many_delegates": "Trois personnes au plus : reprenez d'abord un code.",
        "not_redirectable": "Ce n'est plus possible : le colis y est presque, ou la consigne est pleine.",
        "already_extended": "Il a déjà été prolongé : retirez-le avant la date, ou appelez le transporteur.",
        "not_waiting": "Ce n'est plus possible : le colis n'y est plus, ou pas encore.",
    },
    in_box="dans le casier {n} de {locker_name}",
    in_locker="dans la consigne {locker_name}",
    the_locker="la consigne",
    a_locker="une consigne",
    collect_by="À retirer avant",
    time_over="Le délai était",
    go_soon="Tant qu'il est là, il n'est pas trop tard : allez-y vite.",
    left="Encore {time}",
    more_hours="{count} heures de plus",
    more_days="{count} jours de plus",
    collect_here="À retirer ici",
    goes_here="Il va dans cette consigne",
    place="Porte {n} : la {row}e à partir du haut.",
    place_in_column="Porte {n} : colonne {column} à partir de la gauche, rang {row} à partir du haut.",
    picture="Image de la consigne",
    map="Voir sur une carte",
    code="Votre code",
    qr="Code QR qui ouvre votre casier",
    or_pin="ou tapez ce code PIN",
    time="Délai de retrait",
    where="Où aller",
    what_if="Que faire si …",
    call="appelez le {phone}",
    call_locker="appelez le numéro affiché sur la consigne",
    how_was_it="C'était comment ?",
    thanks="Merci pour {stars} sur 5",
    of_five="{stars} sur 5",
    so_far="Ce qui s'est passé",
    your_data="Vos données",
    erased="Personne ne peut plus voir pour qui était ce colis.",
    erasing="Votre nom et vos adresses seront effacés dans un jour, ou un jour après le retrait ou le retour du colis.",
    kept="Votre nom et vos adresses sont effacés 30 jours après le retrait du colis. Vous n'avez pas à attendre.",
    erase="Effacer mes données",
    push="Nouvelles sur cet appareil",
    push_note="Votre navigateur peut vous dire ce qui arrive à ce colis, même quand cette page est fermée. Sans compte"
    " ni application.",
    push_on="Prévenir cet appareil",
    push_off="Ne plus prévenir cet appareil",
    push_denied="Votre navigateur n'autorise pas cette page à vous prévenir. Autorisez les notifications dans ses"
    " réglages, puis réessayez.",
    push_told="Appareils prévenus : {count}",
    push_none="N'en prévenir plus aucun",
    foot="Colis {tracking}.",
    foot_carrier="Colis {tracking}, apporté par {carrier}.",
    like_a_key="Qui a l'adresse de cette page peut ouvrir votre casier : partagez-la comme une clé.",
    elsewhere="Plutôt une autre consigne ?",
    elsewhere_note="Il n'y est pas encore : vous pouvez en choisir une autre. Votre code reste le même.",
    bring_there="L'envoyer là",
    away="à {km} km de la première",
    languages="Langue",
    skip="Aller au contenu",
)
