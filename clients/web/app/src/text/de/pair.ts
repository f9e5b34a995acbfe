// Connecting a phone.
import type { pair as Same } from '../en/pair';

export const pair: typeof Same = {
  pair: {
    gone: 'Alles ist gelöscht.',
    title: 'Dieses Handy verbinden',
    how: 'Geben Sie auf dem Rechner, auf dem solotrial läuft, ein:',
    how2: 'Es erscheint ein Code. Richten Sie die Kamera dieses Handys auf das Bild, oder tippen Sie den Code hier ein.',
    code: 'Code',
    codeHint: 'Zwölf Buchstaben und Ziffern. Er gilt zehn Minuten.',
    device: 'Name dieses Handys',
    deviceDefault: 'Mein Handy',
    connect: 'Verbinden',
    connecting: 'Wird verbunden …',
    scan: 'Bild scannen',
    scanning: 'Halten Sie das Bild vor die Kamera.',
    noCamera: 'Die Kamera geht nicht. Tippen Sie den Code ein.',
    noAccount:
      'Kein Konto, keine E-Mail. Ihr Tagebuch geht auf Ihren eigenen Server und sonst nirgendwohin.',
    lost: 'Ich habe mein Handy verloren',
    recoverTitle: 'Mit Wiederherstellungs-Wörtern',
    recoverHint:
      'Sechs Gruppen aus fünf Buchstaben und Ziffern, von dem Papier, auf dem sie stehen.',
    phrase: 'Wiederherstellung',
    phraseWrong: 'Diese Wörter stimmen nicht. Sehen Sie noch einmal auf den Zettel.',
    revokeOthers:
      'Meine anderen Handys aussperren. Wählen Sie das, wenn eines in fremden Händen sein kann.',
    recover: 'Wiederherstellen',
    found: 'Im Link war ein Code.',
    installTitle: 'Legen Sie solotrial zuerst auf den Startbildschirm',
    install1: 'Tippen Sie in Safari auf „Teilen“.',
    install2: 'Wählen Sie „Zum Home-Bildschirm“.',
    install3: 'Öffnen Sie solotrial von dort und tippen Sie den Code ein.',
    installWhy: 'Ein iPhone trennt beides: Was hier verbunden wird, gilt dort nicht.',
    installCode: 'Ihr Code, dort einzutippen:',
    here: 'Hier im Browser verbinden',
    phraseTitle: 'Schreiben Sie das auf Papier',
    phraseWhy:
      'Damit bekommen Sie Ihr Tagebuch wieder, wenn Sie dieses Handy verlieren. Es wird nur dieses eine Mal gezeigt. Wer es hat, kann Ihr Tagebuch lesen.',
    phraseTick: 'Ich habe es aufgeschrieben',
  },
};
