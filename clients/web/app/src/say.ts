// What the trial's data mean in words.
import {
  Arm,
  DueItem_Kind,
  Today_Phase,
  type Day,
  type Due,
  type HeldEntry,
  type Protocol,
} from '@solotrial/client';
import { longDate, number, text } from './text/text';

/** What to do on a day: the trial's own words where it has some. */
export function instruction(day: Day): string {
  const tx = text().day;
  const { today } = day;
  switch (today.phase) {
    case Today_Phase.BEFORE:
      return tx.beforeHint;
    case Today_Phase.RUN_IN:
      return today.instruction || tx.runIn;
    case Today_Phase.PAUSED:
      return tx.paused;
    case Today_Phase.WAITING:
      return tx.waitingMark;
    case Today_Phase.AFTER:
      return tx.after;
    default:
  }
  if (today.envelope > 0) return tx.envelope(today.envelope);
  if (!day.known) return tx.unknown;
  if (today.instruction) return today.instruction;
  return today.arm === Arm.ON ? tx.on : tx.off;
}

const slotName = (slot: string) => (slot ? (text().day.slot[slot] ?? slot) : '');

/** The whole question. */
export function question(due: Due): string {
  const tx = text().day;
  const { item } = due;
  const slot = slotName(item.slot);
  switch (item.kind) {
    case DueItem_Kind.DOSE:
      return slot ? `${tx.tookIt} (${slot})` : tx.tookIt;
    case DueItem_Kind.GUESS:
      return tx.guess(item.blockNumber);
    case DueItem_Kind.MARK:
      return tx.mark;
    default:
      return `${item.question || item.id}${slot ? ` (${slot})` : ''}`;
  }
}

export function doseWord(fraction: number): string {
  const tx = text().day;
  return fraction >= 1 ? tx.taken : fraction > 0 ? tx.partly : tx.skipped;
}

/** What was answered, short. */
export function answer(due: Due): string {
  const tx = text();
  const content = due.held?.entry.content;
  switch (content?.case) {
    case 'dose':
      return doseWord(content.value.fraction ?? 0);
    case 'guess':
      return guessWord(content.value.arm);
    case 'mark':
      return tx.day.marked;
    case 'score':
    case 'covariate': {
      const value = content.value.value ?? 0;
      if (due.item.whole && due.item.maximum === 1) return value === 1 ? tx.yes : tx.no;
      return number(value);
    }
    default:
      return '';
  }
}

export function guessWord(arm: Arm): string {
  const tx = text().guess;
  return arm === Arm.ON ? tx.on : arm === Arm.OFF ? tx.off : tx.unknown;
}

/** Words for the levels of a scale, where it runs from 0 to 10. */
export function scaleWords(
  protocol: Protocol | undefined,
  due: Due,
): readonly string[] | undefined {
  const { item } = due;
  if (item.kind !== DueItem_Kind.SCORE || item.minimum !== 0 || item.maximum !== 10)
    return undefined;
  const measure = protocol?.measures.find((one) => one.id === item.id);
  if (!measure) return undefined;
  return measure.lowerIsBetter === false ? text().better : text().worse;
}

/** A note, an event, rescue medication: what the list of a day shows. */
export function entryWords(held: HeldEntry): { title: string; sub: string } | undefined {
  const tx = text().day;
  const { content } = held.entry;
  switch (content.case) {
    case 'note':
      return { title: content.value.text, sub: tx.note };
    case 'rescue': {
      const doses = content.value.doses ?? 1;
      return {
        title: content.value.name,
        sub: `${tx.rescueLong}${doses > 1 ? ` × ${doses}` : ''}`,
      };
    }
    case 'event': {
      const { type, grade, text: words, laboratoryId, laboratoryValue } = content.value;
      const kinds = [
        '',
        tx.sideEffect,
        tx.illness,
        tx.travel,
        tx.newTreatment,
        tx.laboratory,
        tx.other,
      ];
      const grades = ['', tx.mild, tx.moderate, tx.severe];
      const kind = kinds[type] ?? tx.other;
      const lab = laboratoryId ? `${laboratoryId} ${number(laboratoryValue ?? 0)}` : '';
      const detail = words || lab;
      return {
        title: detail || kind,
        sub: [detail ? kind : '', grades[grade] ?? ''].filter(Boolean).join(', '),
      };
    }
    case 'deviation': {
      const kinds = ['', tx.other, tx.illness, tx.travel, tx.wrong, tx.paused];
      return { title: content.value.text, sub: kinds[content.value.kind] ?? '' };
    }
    default:
      return undefined;
  }
}

/** Today, yesterday, or the date. */
export function dayTitle(date: string, today: string, yesterday: string): string {
  if (date === today) return text().day.today;
  if (date === yesterday) return text().day.yesterday;
  return longDate(date);
}

/** An entry by itself, away from its question. */
export function answerWords(held: HeldEntry): string {
  const other = entryWords(held);
  if (other) return [other.sub, other.title].filter(Boolean).join(': ');
  const { content } = held.entry;
  switch (content.case) {
    case 'score':
      return `${content.value.measureId}: ${number(content.value.value ?? 0)}`;
    case 'covariate':
      return `${content.value.covariateId}: ${number(content.value.value ?? 0)}`;
    case 'dose':
      return `${text().day.dose}: ${doseWord(content.value.fraction ?? 0)}`;
    case 'guess':
      return `${text().progress.block(content.value.blockNumber)}: ${guessWord(content.value.arm)}`;
    case 'mark':
      return text().day.marked;
    default:
      return text().remove;
  }
}
