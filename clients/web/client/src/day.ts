// What one date asks for: as TrialService.GetToday answers it, but without a network.
import { create } from '@bufbuild/protobuf';
import type { Entry } from './gen/solotrial/v1/entry_pb.js';
import type { Intervention, Measure, Protocol } from './gen/solotrial/v1/protocol_pb.js';
import {
  Covariate_Kind,
  Design_Blinding,
  Measure_DailyRule,
  Measure_Family,
  Measure_RefersTo,
} from './gen/solotrial/v1/protocol_pb.js';
import type { DueItem, Schedule, Today, Trial } from './gen/solotrial/v1/trial_pb.js';
import {
  Arm,
  DueItem_Kind,
  DueItemSchema,
  Today_Phase,
  TodaySchema,
} from './gen/solotrial/v1/trial_pb.js';
import { addDays } from './dates.js';
import { keyOf } from './diary_rules.js';
import type { Day, Due, HeldEntry } from './diary.js';
import { HeldCalendar } from './schedule.js';
import type { ScheduledDay } from './schedule.js';

// What a count without a limit of its own may be at most (Measure.maximum).
const LARGEST_COUNT = 1e9;

/** Everything that the days of one trial are made of. */
export interface DaySource {
  readonly trial: Trial;
  readonly schedule: Schedule;
  /** The entries that count. */
  readonly current: readonly HeldEntry[];
  /** The trial's date now. */
  readonly today: string;
}

/** See Day. */
export function dayOf(source: DaySource, date: string): Day {
  const { trial, schedule, current } = source;
  const protocol = trial.protocol;
  const calendar = new HeldCalendar(trial, schedule);
  const day = calendar.at(date);
  const arm = day.block?.arm ?? Arm.UNSPECIFIED;
  const envelope = day.block?.envelope ?? 0;
  const due: Due[] = [];
  if (protocol !== undefined) {
    // Envelopes of off blocks hold the comparator, which is taken like the treatment.
    const doseIsDue = envelope > 0 || arm === Arm.ON;
    const items = [
      ...scoresDue(protocol, calendar, date),
      ...covariatesDue(protocol, day.phase),
      ...(doseIsDue ? dosesDue(protocol) : []),
    ];
    due.push(...items.map((item) => withRecorded(item, current, date)));
    due.push(...guessesDue(source, calendar, date), ...markDue(source, calendar, day, date));
  }
  const known = day.phase !== Today_Phase.BLOCK || arm !== Arm.UNSPECIFIED || envelope > 0;
  const today: Today = create(TodaySchema, {
    date,
    phase: day.phase,
    dayNumber: day.dayNumber,
    plannedDays: calendar.plannedDays,
    blockNumber: day.block?.number ?? 0,
    dayInBlock: day.dayInBlock,
    blockDays: day.block === undefined ? 0 : calendar.blockDays(day.block),
    arm,
    envelope,
    instruction: instructionOf(protocol?.intervention, arm, day.dayInBlock),
    due: due.map((one) => one.item),
  });
  return {
    trial: trial.name,
    today,
    known,
    onlineBeforeDate: schedule.onlineBeforeDate,
    due,
    entries: current.filter((held) => held.entry.date === date),
  };
}

function instructionOf(
  intervention: Intervention | undefined,
  arm: Arm,
  dayInBlock: number,
): string {
  if (intervention === undefined) return '';
  if (arm === Arm.OFF) return intervention.offInstruction;
  if (arm !== Arm.ON) return '';
  const step = intervention.steps.filter((one) => one.fromDay <= dayInBlock).at(-1);
  return step?.instruction || intervention.onInstruction;
}

function slotsOrOne(slots: readonly string[]): readonly string[] {
  return slots.length === 0 ? [''] : slots;
}

/** Those whose treatment day is scheduled: a night is that of the day before. */
function scoresDue(protocol: Protocol, calendar: HeldCalendar, date: string): DueItem[] {
  return protocol.measures.flatMap((measure) => {
    const night = measure.refersTo === Measure_RefersTo.PREVIOUS_NIGHT;
    const { phase } = calendar.at(night ? addDays(date, -1) : date);
    if (phase !== Today_Phase.RUN_IN && phase !== Today_Phase.BLOCK) return [];
    const { minimum, maximum } = boundsOf(measure);
    return slotsOrOne(measure.slots).map((slot) =>
      create(DueItemSchema, {
        kind: DueItem_Kind.SCORE,
        id: measure.id,
        slot,
        question: measure.question || measure.id,
        minimum,
        ...(maximum === undefined ? {} : { maximum }),
        whole: !isContinuous(measure),
        refersTo: night ? Measure_RefersTo.PREVIOUS_NIGHT : Measure_RefersTo.SAME_DAY,
      }),
    );
  });
}

function isContinuous({ family }: Measure): boolean {
  return family === Measure_Family.GAUSSIAN || family === Measure_Family.STUDENT_T;
}

function boundsOf(measure: Measure): { minimum: number; maximum: number | undefined } {
  const minimum = measure.minimum ?? 0;
  switch (measure.family) {
    case Measure_Family.BERNOULLI:
      return { minimum, maximum: measure.maximum ?? 1 };
    case Measure_Family.POISSON:
    case Measure_Family.NEGATIVE_BINOMIAL: {
      const slots =
        measure.dailyRule === Measure_DailyRule.SUM ? slotsOrOne(measure.slots).length : 1;
      const unlimited = measure.maximum === Math.floor(LARGEST_COUNT / slots);
      return { minimum, maximum: unlimited ? undefined : measure.maximum };
    }
    default:
      return { minimum, maximum: measure.maximum };
  }
}

function covariatesDue(protocol: Protocol, phase: Today_Phase): DueItem[] {
  if (phase !== Today_Phase.RUN_IN && phase !== Today_Phase.BLOCK) return [];
  return protocol.covariates.map((covariate) => {
    const binary = covariate.kind === Covariate_Kind.BINARY;
    return create(DueItemSchema, {
      kind: DueItem_Kind.COVARIATE,
      id: covariate.id,
      question: covariate.question || covariate.id,
      ...(binary ? { minimum: 0, maximum: 1, whole: true } : {}),
    });
  });
}

function dosesDue({ intervention }: Protocol): DueItem[] {
  if (intervention === undefined) return [];
  return slotsOrOne(intervention.doseSlots).map((slot) =>
    create(DueItemSchema, {
      kind: DueItem_Kind.DOSE,
      id: 'dose',
      slot,
      question: intervention.name,
      minimum: 0,
      maximum: 1,
    }),
  );
}

function withRecorded(item: DueItem, current: readonly HeldEntry[], date: string): Due {
  const held = current.find(({ entry }) => {
    if (entry.date !== date || entry.slot !== item.slot || keyOf(entry) === undefined) return false;
    switch (entry.content.case) {
      case 'score':
        return item.kind === DueItem_Kind.SCORE && entry.content.value.measureId === item.id;
      case 'covariate':
        return item.kind === DueItem_Kind.COVARIATE && entry.content.value.covariateId === item.id;
      case 'dose':
        return item.kind === DueItem_Kind.DOSE;
      default:
        return false;
    }
  });
  const recorded = held === undefined ? undefined : valueOf(held.entry);
  if (recorded !== undefined) item.recorded = recorded;
  return { item, held };
}

function valueOf({ content }: Entry): number | undefined {
  switch (content.case) {
    case 'score':
    case 'covariate':
      return content.value.value;
    case 'dose':
      return content.value.fraction;
    default:
      return undefined;
  }
}

/** Guesses at the blocks that are over or end on `date`, while they cannot be known yet: each until
 * it is given, and on the block's last day also then, so that it can be thought over. */
function guessesDue(source: DaySource, calendar: HeldCalendar, date: string): Due[] {
  const { trial, schedule, current, today } = source;
  const concealed =
    trial.protocol?.design?.blinding === Design_Blinding.BLINDED_BY_HELPER &&
    trial.unblinding === undefined &&
    !calendar.hasEnded(today);
  if (!concealed) return [];
  const due: Due[] = [];
  for (const block of schedule.blocks) {
    if (block.endDate === '' || block.endDate > date) break;
    const held = current.find(
      ({ entry: { content } }) =>
        content.case === 'guess' && content.value.blockNumber === block.number,
    );
    if (held !== undefined && block.endDate !== date) continue;
    const item = create(DueItemSchema, {
      kind: DueItem_Kind.GUESS,
      id: 'guess',
      blockNumber: block.number,
      guessed: held !== undefined,
    });
    due.push({ item, held });
  }
  return due;
}

/** On every day on which a visit or a new cycle would begin a block, or the last cycle end. */
function markDue(
  source: DaySource,
  calendar: HeldCalendar,
  day: ScheduledDay,
  date: string,
): Due[] {
  if (!calendar.isByMarks || calendar.hasEnded(source.today)) return [];
  if (day.phase === Today_Phase.BEFORE || day.phase === Today_Phase.AFTER) return [];
  const held = source.current.find(
    ({ entry }) => entry.content.case === 'mark' && entry.date === date,
  );
  const item = create(DueItemSchema, {
    kind: DueItem_Kind.MARK,
    id: 'mark',
    marked: held !== undefined,
  });
  return [{ item, held }];
}
