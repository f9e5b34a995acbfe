// Settings.

export const settings = {
  settings: {
    title: 'Settings',
    trial: 'This trial',
    trials: 'My trials',
    devices: 'Phones and computers',
    reminders: 'Reminders',
    zone: 'Time zone',
    look: 'Light and text size',
    language: 'Language',
    share: 'Show it to a doctor',
    data: 'Take my data along',
    recovery: 'Recovery phrase',
    deleteAll: 'Delete everything',
    install: 'Put it on the home screen',
    version: (app: string, engine: string) => `App ${app}, engine ${engine}`,
    rehearsal: 'The engine’s clock is set by hand: a rehearsal.',
    sync: 'Send and fetch now',
    lastSync: (when: string) => `Last time: ${when}`,
    never: 'never',
  },

  look: {
    title: 'Light and text size',
    theme: 'Light',
    dark: 'Dark',
    light: 'Light',
    system: 'As the phone',
    text: 'Text size',
    normal: 'Normal',
    large: 'Large',
    huge: 'Very large',
    sample: 'How bad was your headache today?',
  },

  language: {
    title: 'Language',
    trialHint: 'A trial that has begun keeps the language it was set up in.',
  },

  reminders: {
    title: 'Reminders',
    calendar: 'In your calendar',
    calendarHint:
      'Your phone’s calendar reminds you, also when solotrial is closed. Blinded trials show envelopes only.',
    file: 'Put the reminders into my calendar',
    address: 'Make a calendar address',
    addressHint:
      'Your calendar looks there again and again, so changes arrive by themselves. Keep it secret.',
    addressReady: 'Copy this into your calendar (“Add by URL”). It is shown only this once.',
    end: 'End the calendar address',
    dose: 'For taking it',
    score: 'For answering',
    here: 'On this phone',
    hereHint:
      'solotrial reminds you while it is open. A browser cannot wake it up when it is closed; the calendar can.',
    allow: 'Allow reminders',
    allowed: 'Reminders are on while solotrial is open.',
    denied: 'This browser does not allow reminders. Use the calendar.',
    off: 'Turn off',
  },

  zone: {
    title: 'Time zone',
    now: (zone: string) => `Your trial’s days are those of ${zone}.`,
    phone: (zone: string) => `This phone is in ${zone}.`,
    same: 'They are the same. Nothing to do.',
    hint: 'For a short trip change nothing. After a move change it: what you recorded keeps its dates.',
    change: (zone: string) => `Change to ${zone}`,
    other: 'Another zone',
    changed: 'Changed.',
  },

  trial: {
    title: 'This trial',
    pause: 'Pause',
    pauseHint: 'Days are not planned until you go on. Blocks then get the days they have left.',
    resume: 'Go on',
    resumeAck: 'I have read why it was paused, and want to go on.',
    sidePause: 'It was paused because of a side effect. Talk to your doctor before you go on.',
    stop: 'End the trial',
    stopHint: 'It ends today for good. You get the result of what is there.',
    stopSure: 'End it for good?',
    reason: 'Why?',
    unblind: 'Emergency: what do I take?',
    unblindHint:
      'Shows at once what you take. The trial then goes on as an open one, and the result says so.',
    started: 'Started',
    ends: 'Last day',
    state: 'State',
    states: ['', 'draft', 'running', 'paused', 'completed', 'ended early', 'brought in'],
    new: 'Set up a new trial',
    protocol: 'The plan as a page to sign (PDF)',
  },
};
