// Devices, confirmations, the data, what was not taken.
import { n } from './counts';

export const account = {
  confirm: {
    title: 'Is it you?',
    why: 'This step could hurt you if someone else had your phone.',
    phrase: 'Your recovery phrase',
    confirm: 'Confirm',
    other: 'Ask another of my devices',
    show: 'On your other device open Settings, then “Another device asks”, and type this number:',
    computer: 'Or on the computer with the engine:',
    wait: 'Waiting …',
  },

  approvals: {
    title: 'Another device asks',
    ask: (device: string) => `${device} asks: is it you?`,
    number: 'Which number does it show?',
    approve: 'Yes, it is me',
    wrong: 'That was not the number. The request has ended.',
    none: 'No device asks.',
    done: 'Confirmed for ten minutes.',
  },

  devices: {
    title: 'Phones and computers',
    hint: 'Everything that can open your diary, and those you invited.',
    this: 'this one',
    computer: 'the engine’s own machine',
    helper: 'your helper',
    clinician: 'your doctor',
    lastUsed: (when: string) => `last used ${when}`,
    add: 'Connect another phone',
    addTitle: 'Connect another phone',
    addHint: 'Point the other phone’s camera at this, or open the address there and type the code.',
    address: 'Address',
    until: (time: string) => `Good until ${time}.`,
    revoke: 'End its access',
    revokeSure: (name: string) =>
      `End the access of ${name}? What it has not sent yet stays on it.`,
    signOut: 'Disconnect this phone',
    signOutSure: 'Disconnect this phone and delete what is stored on it?',
    unsent: (count: number) =>
      `${n(count, 'answer was', 'answers were')} never sent and would be lost.`,
  },

  data: {
    title: 'Take my data along',
    archive: 'Everything, to keep or to bring into another engine',
    csv: 'This trial as tables (CSV)',
    diary: 'The diary, one row a day (CSV)',
    passphrase: 'Passphrase',
    passphraseHint: 'Seals the order of a trial that has not ended. Keep it.',
    make: 'Make the file',
  },

  recovery: {
    title: 'Recovery phrase',
    has: 'You have a recovery phrase. A new one makes the old one useless.',
    hasNot: 'You have none yet. With it you get your diary back when a phone is lost.',
    make: 'Make a new phrase',
  },

  delete: {
    title: 'Delete everything',
    text: 'All trials, diaries, devices and links are deleted for good: on the engine, in its backups and on this phone.',
    export: 'Take your data along first',
    type: 'Type “delete” to go on',
    word: 'delete',
    do: 'Delete everything',
  },

  rejected: {
    title: 'Not taken',
    hint: 'The engine did not take these answers. They are kept here until you decide.',
    correct: 'Correct it',
    again: 'Send it again',
    discard: 'Let it go',
    none: 'Everything was taken.',
    why: {
      DATE_IN_FUTURE: 'The day lies in the future. Is this phone’s date right?',
      DATE_OUTSIDE_TRIAL: 'The day lies before the start or after the end of the trial.',
      VALUE_OUT_OF_RANGE: 'The value does not fit the scale. Enter it again.',
      UNKNOWN_ID: 'The trial does not ask for this.',
      WRONG_STATE: 'The trial has ended or is not running, so this does not count any more.',
      TRIAL_NOT_FOUND: 'This trial is not there any more.',
      ENTRY_ID_REUSED: 'The engine has another answer under the same number. Enter it again.',
      INVALID_FIELDS: 'Something in it does not fit. Enter it again.',
    } as Record<string, string>,
  },
};
