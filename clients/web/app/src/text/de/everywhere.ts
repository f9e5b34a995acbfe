// Words of every screen: buttons, navigation, where entries are, faults.
import { n, days } from './counts';
import type { everywhere as Same } from '../en/everywhere';

export const everywhere: typeof Same = {
  back: 'Zurück',
  close: 'Schließen',
  save: 'Speichern',
  remove: 'Entfernen',
  change: 'Ändern',
  next: 'Weiter',
  done: 'Fertig',
  copy: 'Kopieren',
  copied: 'Kopiert',
  yes: 'Ja',
  no: 'Nein',
  notSure: 'Unsicher',
  tryAgain: 'Noch einmal',
  loading: 'Einen Moment …',
  needsNetwork: 'Dafür braucht es eine Verbindung. Ihr Tagebuch geht auch ohne.',
  days,
  advice: 'Das ist kein ärztlicher Rat. Fragen Sie zuerst in Praxis oder Apotheke.',

  navMain: 'Hauptmenü',
  navToday: 'Heute',
  navDays: 'Tage',
  navProgress: 'Verlauf',
  navResult: 'Ergebnis',
  navSettings: 'Einstel\u00adlungen', // broken there where it must be

  savedHere: 'Auf diesem Handy',
  stored: 'Gespeichert',
  notTaken: 'Nicht angenommen',
  allStored: 'Alles gespeichert',
  waiting: (count) => `${count} auf diesem Handy, noch nicht gesendet`,
  waitingHint: 'Nichts geht verloren. Es wird von selbst gesendet, sobald eine Verbindung da ist.',
  sending: 'Wird gesendet …',
  offline: 'Keine Verbindung',
  locked: 'Der Server ist gesperrt',
  lockedHint:
    'Er wurde neu gestartet. Entsperren Sie ihn an seinem Rechner. Was Sie eintragen, bleibt so lange auf diesem Handy.',
  rejectedCount: (count) =>
    n(count, 'Antwort wurde nicht angenommen. Warum?', 'Antworten wurden nicht angenommen. Warum?'),
  refused:
    'Dieses Handy ist nicht mehr verbunden. Was Sie eintragen, bleibt hier. Verbinden Sie es neu, um es zu senden.',
  connectAgain: 'Neu verbinden',
  deleteHere: 'Auf diesem Handy löschen',
  notKept:
    'Dieser Browser löscht vielleicht, was hier liegt, wenn der Platz knapp wird. Legen Sie solotrial auf den Startbildschirm, dann ist es sicher.',
  appTooOld:
    'Diese App ist zu alt für den Server. Was Sie eingeben, bleibt hier. Laden Sie die App neu.',
  engineTooOld:
    'Der Server ist älter als diese App. Manches geht vielleicht nicht, bis er erneuert ist.',
  loadAnew: 'Neu laden',
  updateReady: 'Eine neue Version ist da. Was Sie eingegeben haben, ist sicher.',
  updateNow: 'Jetzt nutzen',
  notice: 'Bitte lesen',
  understood: 'Verstanden',

  dueToday: 'Heute ist noch etwas offen.',
  zoneLink: 'Zeitzone',
  zoneDiffers: (zone) => `Dieses Handy ist in einer anderen Zeitzone (${zone}).`,

  fault: {
    UNREACHABLE: 'Der Server ist nicht zu erreichen. Prüfen Sie die Verbindung, dann noch einmal.',
    STORAGE_FULL:
      'Der Speicher dieses Handys ist voll, deshalb wurde nichts gespeichert. Schaffen Sie Platz, löschen Sie zum Beispiel ein Video, und tippen Sie noch einmal.',
    STORAGE_FAILED:
      'Dieser Browser lässt nichts speichern, deshalb wurde nichts gespeichert. Ist es ein privates Fenster?',
    CODE_NOT_VALID:
      'Das stimmt nicht, wurde schon benutzt oder ist zu alt. Holen Sie einen neuen Code.',
    NOT_A_CODE: 'Das ist kein Code von solotrial. Er hat 12 Buchstaben und Ziffern.',
    BUSY: 'Der Server ist beschäftigt. Gleich noch einmal.',
    WRONG_STATE:
      'Das geht nicht mehr: Der Versuch ist weiter. Gehen Sie zurück und sehen Sie nach.',
    CONFLICT: 'Das wurde auf einem anderen Gerät geändert. Gehen Sie zurück und sehen Sie nach.',
    UNAUTHENTICATED:
      'Dieses Handy ist nicht mehr verbunden. Verbinden Sie es in den Einstellungen neu.',
    ENGINE_LOCKED: 'Der Server ist gesperrt. Entsperren Sie ihn an seinem Rechner.',
    STORAGE_UNAVAILABLE: 'Die Festplatte des Servers ist voll. Schaffen Sie dort Platz.',
    SAFETY_REFUSED: 'Dieser Versuch darf nicht beginnen: siehe die Fragen zur Sicherheit.',
    NEEDS_CLINICIAN: 'Ein Arzt oder eine Ärztin muss diesen Versuch erst bestätigen.',
    NEEDS_ACKNOWLEDGEMENT: 'Lesen Sie erst die Warnung.',
    HELPER_NEEDED: 'Ihre Hilfsperson hat die Einladung noch nicht angenommen.',
    other: 'Das hat nicht geklappt. Nichts ist verloren.',
  },
  faultWith: (words) => `Das hat nicht geklappt: ${words}`,
};
