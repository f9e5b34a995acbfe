// Words of every screen: buttons, navigation, where entries are, faults.
import { n, days } from './counts';

export const everywhere = {
  // Everywhere.
  back: 'Back',
  close: 'Close',
  save: 'Save',
  remove: 'Remove',
  change: 'Change',
  next: 'Next',
  done: 'Done',
  copy: 'Copy',
  copied: 'Copied',
  yes: 'Yes',
  no: 'No',
  notSure: 'Not sure',
  tryAgain: 'Try again',
  loading: 'One moment …',
  needsNetwork: 'This needs a connection to your engine. Your diary works without one.',
  days,
  advice: 'This is no medical advice. Talk to your doctor or pharmacist first.',

  // Navigation.
  navMain: 'Main',
  navToday: 'Today',
  navDays: 'Days',
  navProgress: 'Progress',
  navResult: 'Result',
  navSettings: 'Settings',

  // Where entries are.
  savedHere: 'Saved on this phone',
  stored: 'Stored',
  notTaken: 'Not taken',
  allStored: 'All stored',
  waiting: (count: number) => `${count} saved on this phone, not sent yet`,
  waitingHint: 'Nothing is lost. They are sent by themselves when there is a connection.',
  sending: 'Sending …',
  offline: 'No connection',
  locked: 'The engine is locked',
  lockedHint:
    'It was restarted. Unlock it on its own machine. What you record is kept on this phone until then.',
  rejectedCount: (count: number) =>
    n(count, 'answer was not taken. See why', 'answers were not taken. See why'),
  refused:
    'This phone is not connected any more. What you record is kept here. Connect it again to send it.',
  connectAgain: 'Connect again',
  deleteHere: 'Delete it on this phone',
  notKept:
    'This browser may delete what is stored here when space runs low. Add solotrial to your home screen to be safe.',
  appTooOld: 'This app is too old for the engine. What you enter is kept here. Load the app anew.',
  engineTooOld: 'The engine is older than this app. Some things may not work until it is updated.',
  loadAnew: 'Load anew',
  updateReady: 'A new version is ready. What you entered is safe.',
  updateNow: 'Use it now',
  notice: 'Please read this',
  understood: 'Understood',

  // Reminders and zones.
  dueToday: 'Your trial has something for you today.',
  zoneLink: 'Time zone',
  zoneDiffers: (zone: string) => `This phone is in another time zone (${zone}).`,

  // Faults.
  fault: {
    UNREACHABLE: 'The engine cannot be reached. Check the connection and try again.',
    STORAGE_FULL:
      'This phone’s storage is full, so nothing was saved. Make room, for example by deleting a video, then tap again.',
    STORAGE_FAILED:
      'This browser does not let solotrial store anything, so nothing was saved. Is it a private window?',
    CODE_NOT_VALID: 'This code is not right, was used already, or is too old. Ask for a new one.',
    NOT_A_CODE: 'This is no code of solotrial. It has 12 letters and digits.',
    BUSY: 'The engine is busy. Try again in a moment.',
    WRONG_STATE: 'This is not possible any more: the trial has moved on. Go back and look again.',
    CONFLICT: 'This was changed on another device. Go back and look again.',
    UNAUTHENTICATED: 'This phone is not connected any more. Connect it again in the settings.',
    ENGINE_LOCKED: 'The engine is locked. Unlock it on its own machine.',
    STORAGE_UNAVAILABLE: 'The engine’s disk is full. Make room there, then try again.',
    SAFETY_REFUSED: 'This trial may not start: see the safety answers.',
    NEEDS_CLINICIAN: 'A doctor has to confirm this trial first.',
    NEEDS_ACKNOWLEDGEMENT: 'There is a warning to read first.',
    HELPER_NEEDED: 'Your helper has not accepted the invitation yet.',
    other: 'That did not work. Nothing was lost.',
  },
  faultWith: (text: string) => `That did not work: ${text}`,
};
