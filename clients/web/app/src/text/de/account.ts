// Devices, confirmations, the data, what was not taken.
import { n } from './counts';
import type { account as Same } from '../en/account';

export const account: typeof Same = {
  confirm: {
    title: 'Sind Sie es?',
    why: 'Dieser Schritt könnte Ihnen schaden, wenn jemand anderes Ihr Handy hätte.',
    phrase: 'Ihre Wiederherstellungs-Wörter',
    confirm: 'Bestätigen',
    other: 'Ein anderes meiner Geräte fragen',
    show: 'Öffnen Sie auf Ihrem anderen Gerät die Einstellungen, dann „Ein anderes Gerät fragt“, und geben Sie diese Zahl ein:',
    computer: 'Oder auf dem Rechner mit solotrial:',
    wait: 'Wir warten …',
  },

  approvals: {
    title: 'Ein anderes Gerät fragt',
    ask: (device) => `${device} fragt: Sind Sie es?`,
    number: 'Welche Zahl zeigt es?',
    approve: 'Ja, ich bin es',
    wrong: 'Das war nicht die Zahl. Die Anfrage ist beendet.',
    none: 'Kein Gerät fragt.',
    done: 'Für zehn Minuten bestätigt.',
  },

  devices: {
    title: 'Handys und Rechner',
    hint: 'Alles, was Ihr Tagebuch öffnen kann, und wen Sie eingeladen haben.',
    this: 'dieses hier',
    computer: 'der Rechner mit solotrial',
    helper: 'Ihre Hilfsperson',
    clinician: 'Ihre Praxis',
    lastUsed: (when) => `zuletzt ${when}`,
    add: 'Weiteres Handy verbinden',
    addTitle: 'Weiteres Handy verbinden',
    addHint:
      'Richten Sie die Kamera des anderen Handys darauf, oder öffnen Sie dort die Adresse und tippen Sie den Code ein.',
    address: 'Adresse',
    until: (time) => `Gilt bis ${time}.`,
    revoke: 'Aussperren',
    revokeSure: (name) => `${name} aussperren? Was dort noch nicht gesendet ist, bleibt dort.`,
    signOut: 'Dieses Handy trennen',
    signOutSure: 'Dieses Handy trennen und löschen, was darauf gespeichert ist?',
    unsent: (count) =>
      `${n(count, 'Antwort wurde', 'Antworten wurden')} nie gesendet und ${count === 1 ? 'wäre' : 'wären'} verloren.`,
  },

  data: {
    title: 'Meine Daten mitnehmen',
    archive: 'Alles, zum Aufheben oder für einen anderen Server',
    csv: 'Dieser Versuch als Tabellen (CSV)',
    diary: 'Das Tagebuch, eine Zeile je Tag (CSV)',
    passphrase: 'Passwort',
    passphraseHint: 'Versiegelt die Reihenfolge eines laufenden Versuchs. Heben Sie es auf.',
    make: 'Datei machen',
  },

  recovery: {
    title: 'Wiederherstellung',
    has: 'Sie haben Wiederherstellungs-Wörter. Neue machen die alten ungültig.',
    hasNot:
      'Sie haben noch keine. Damit bekommen Sie Ihr Tagebuch wieder, wenn ein Handy verloren geht.',
    make: 'Neue machen',
  },

  delete: {
    title: 'Alles löschen',
    text: 'Alle Versuche, Tagebücher, Geräte und Links werden für immer gelöscht: auf dem Server, in seinen Sicherungen und auf diesem Handy.',
    export: 'Erst die Daten mitnehmen',
    type: 'Tippen Sie „löschen“ ein',
    word: 'löschen',
    do: 'Alles löschen',
  },

  rejected: {
    title: 'Nicht angenommen',
    hint: 'Der Server hat diese Antworten nicht angenommen. Sie bleiben hier, bis Sie entscheiden.',
    correct: 'Berichtigen',
    again: 'Noch einmal senden',
    discard: 'Verwerfen',
    none: 'Alles wurde angenommen.',
    why: {
      DATE_IN_FUTURE: 'Der Tag liegt in der Zukunft. Stimmt das Datum dieses Handys?',
      DATE_OUTSIDE_TRIAL: 'Der Tag liegt vor dem Anfang oder nach dem Ende des Versuchs.',
      VALUE_OUT_OF_RANGE: 'Der Wert passt nicht auf die Skala. Geben Sie ihn neu ein.',
      UNKNOWN_ID: 'Danach fragt der Versuch nicht.',
      WRONG_STATE: 'Der Versuch ist zu Ende oder läuft nicht, deshalb zählt es nicht mehr.',
      TRIAL_NOT_FOUND: 'Diesen Versuch gibt es nicht mehr.',
      ENTRY_ID_REUSED: 'Unter dieser Nummer hat der Server etwas anderes. Geben Sie es neu ein.',
      INVALID_FIELDS: 'Etwas daran passt nicht. Geben Sie es neu ein.',
    },
  },
};
