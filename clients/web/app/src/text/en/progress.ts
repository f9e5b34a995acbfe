// Days, blocks, guesses.
import { n } from './counts';

export const progress = {
  days_: {
    title: 'Days',
    hint: 'Tap a day to fill it in or correct it.',
    whole: 'complete',
    part: 'partly filled in',
    missing: 'not filled in',
    outside: 'no answers due',
    fillIn: (count: number) => n(count, 'day to fill in', 'days to fill in'),
    none: 'Nothing is missing.',
    earlier: 'Earlier',
    later: 'Later',
  },

  progress: {
    title: 'Progress',
    daysDone: (done: number, of: number) => `${done} of ${of} days`,
    answered: 'Days with your main answer',
    doses: 'Doses',
    dosesValue: (taken: number, partly: number, skipped: number) =>
      `${taken} taken, ${partly} partly, ${skipped} skipped`,
    blocks: 'Blocks',
    runIn: 'Before the first block',
    block: (number: number) => `Block ${number}`,
    envelope: (number: number) => `Envelope ${number}`,
    with: 'with it',
    without: 'without it',
    now: 'now',
    over: 'over',
    guessDue: (block: number) => `Block ${block} ends. What do you think it was?`,
    guessNow: 'Guess',
    keepGoing: 'The answer stays hidden until the end, so that it cannot change how you score.',
    look: 'Last look',
    openDates: 'dates open',
    missing: 'Days to fill in',
    commitment: 'Seal of the order',
    commitmentHint:
      'The order was drawn and sealed at the start. At the end anyone can check that nobody changed it.',
  },

  guess: {
    on: 'It was the treatment',
    off: 'It was the other one',
    unknown: 'I do not know',
  },
};
