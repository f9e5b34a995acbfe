// Settings.
import type { settings as Same } from '../en/settings';

export const settings: typeof Same = {
  settings: {
    title: 'Einstellungen',
    trial: 'Dieser Versuch',
    trials: 'Meine Versuche',
    devices: 'Handys und Rechner',
    reminders: 'Erinnerungen',
    zone: 'Zeitzone',
    look: 'Licht und Schrift',
    language: 'Sprache',
    share: 'In der Praxis zeigen',
    data: 'Meine Daten mitnehmen',
    recovery: 'Wiederherstellung',
    deleteAll: 'Alles löschen',
    install: 'Auf den Startbildschirm legen',
    version: (app, engine) => `App ${app}, Server ${engine}`,
    rehearsal: 'Die Uhr des Servers ist von Hand gestellt: eine Probe.',
    sync: 'Jetzt senden und holen',
    lastSync: (when) => `Zuletzt: ${when}`,
    never: 'nie',
  },

  look: {
    title: 'Licht und Schrift',
    theme: 'Licht',
    dark: 'Dunkel',
    light: 'Hell',
    system: 'Wie das Handy',
    text: 'Schriftgröße',
    normal: 'Normal',
    large: 'Groß',
    huge: 'Sehr groß',
    sample: 'Wie stark waren Ihre Kopfschmerzen heute?',
  },

  language: {
    title: 'Sprache',
    trialHint: 'Ein begonnener Versuch behält die Sprache, in der er geplant wurde.',
  },

  reminders: {
    title: 'Erinnerungen',
    calendar: 'In Ihrem Kalender',
    calendarHint:
      'Der Kalender des Handys erinnert auch, wenn solotrial zu ist. Bei verdeckten Versuchen stehen dort nur Umschläge.',
    file: 'In meinen Kalender legen',
    address: 'Kalender-Adresse machen',
    addressHint:
      'Ihr Kalender sieht dort immer wieder nach, so kommen Änderungen von selbst an. Halten Sie sie geheim.',
    addressReady:
      'Tragen Sie das in Ihren Kalender ein („Per URL hinzufügen“). Es wird nur dieses eine Mal gezeigt.',
    end: 'Kalender-Adresse beenden',
    dose: 'Zum Nehmen',
    score: 'Zum Antworten',
    here: 'Auf diesem Handy',
    hereHint:
      'solotrial erinnert, solange es offen ist. Ein Browser kann es nicht wecken, wenn es zu ist; der Kalender schon.',
    allow: 'Erinnerungen erlauben',
    allowed: 'Erinnerungen sind an, solange solotrial offen ist.',
    denied: 'Dieser Browser erlaubt keine Erinnerungen. Nehmen Sie den Kalender.',
    off: 'Ausschalten',
  },

  zone: {
    title: 'Zeitzone',
    now: (zone) => `Die Tage Ihres Versuchs sind die von ${zone}.`,
    phone: (zone) => `Dieses Handy ist in ${zone}.`,
    same: 'Beides ist gleich. Nichts zu tun.',
    hint: 'Für eine kurze Reise ändern Sie nichts. Nach einem Umzug schon: Was Sie eingetragen haben, behält sein Datum.',
    change: (zone) => `Zu ${zone} wechseln`,
    other: 'Andere Zeitzone',
    changed: 'Geändert.',
  },

  trial: {
    title: 'Dieser Versuch',
    pause: 'Pause machen',
    pauseHint:
      'Bis Sie weitermachen, ist nichts geplant. Danach bekommt jeder Abschnitt die Tage, die ihm fehlen.',
    resume: 'Weitermachen',
    resumeAck: 'Ich habe gelesen, warum Pause ist, und möchte weitermachen.',
    sidePause:
      'Die Pause kam wegen einer Nebenwirkung. Fragen Sie in der Praxis, bevor Sie weitermachen.',
    stop: 'Versuch beenden',
    stopHint: 'Er endet heute für immer. Sie bekommen das Ergebnis von dem, was da ist.',
    stopSure: 'Für immer beenden?',
    reason: 'Warum?',
    unblind: 'Notfall: Was nehme ich?',
    unblindHint:
      'Zeigt sofort, was Sie nehmen. Der Versuch geht offen weiter, und das Ergebnis sagt es.',
    started: 'Begonnen',
    ends: 'Letzter Tag',
    state: 'Stand',
    states: ['', 'Entwurf', 'läuft', 'Pause', 'beendet', 'vorzeitig beendet', 'hereingeholt'],
    new: 'Neuen Versuch planen',
    protocol: 'Der Plan als Seite zum Unterschreiben (PDF)',
  },
};
