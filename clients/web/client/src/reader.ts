// What the phone knows, read from its storage.
import { fromBinary } from '@bufbuild/protobuf';
import { ScheduleSchema, TrialSchema, TrialState } from './gen/solotrial/v1/trial_pb.js';
import type { HeldTrial } from './client.js';
import { addDays, trialDate } from './dates.js';
import { dayOf } from './day.js';
import type { DaySource } from './day.js';
import type { Day, HeldEntry } from './diary.js';
import { currentEntries, keyOf } from './diary_rules.js';
import type { Clock } from './platform.js';
import { notHeld } from './recorder.js';
import { HeldCalendar } from './schedule.js';
import type { Store } from './store.js';
import type { TrialRow } from './store_schema.js';

export interface ReaderOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** Grows with every change of what is stored. */
  readonly revision: () => number;
}

/** See SolotrialClient for what its methods promise. */
export class Reader {
  private readonly logs = new Map<string, { revision: number; log: Promise<HeldEntry[]> }>();

  constructor(private readonly o: ReaderOptions) {}

  async trials(): Promise<HeldTrial[]> {
    return (await this.o.store.trials()).map((row) => this.heldTrial(row));
  }

  async trial(name: string): Promise<HeldTrial> {
    const row = await this.o.store.trial(name);
    if (row === undefined) throw notHeld('trial');
    return this.heldTrial(row);
  }

  async today(trial: string): Promise<string> {
    return trialDate((await this.trial(trial)).trial, this.o.clock.now(), this.o.clock);
  }

  async day(trial: string, date: string): Promise<Day> {
    return dayOf(await this.daySource(trial), date);
  }

  async days(trial: string, from: string, to: string): Promise<Day[]> {
    const source = await this.daySource(trial);
    const days: Day[] = [];
    for (let date = from; date <= to; date = addDays(date, 1)) days.push(dayOf(source, date));
    return days;
  }

  async entries(trial: string): Promise<HeldEntry[]> {
    return currentEntries((await this.log(trial)).filter((held) => held.state !== 'REJECTED'));
  }

  async history(trial: string, entryId: string): Promise<HeldEntry[]> {
    const log = await this.log(trial);
    const byId = new Map(log.map((held) => [held.entry.id, held]));
    const one = byId.get(entryId);
    if (one === undefined) throw notHeld('entry');
    const key = keyOf(one.entry);
    const related = new Set(
      log.filter(({ entry }) => key !== undefined && keyOf(entry) === key).map((h) => h.entry.id),
    );
    related.add(entryId);
    // Corrections of what stands for itself, and retractions, hang together by `supersedes`.
    for (let size = 0; size !== related.size;) {
      size = related.size;
      for (const { entry } of log) {
        if (related.has(entry.supersedes)) related.add(entry.id);
        if (related.has(entry.id) && byId.has(entry.supersedes)) related.add(entry.supersedes);
      }
    }
    return log.filter(({ entry }) => related.has(entry.id));
  }

  private heldTrial(row: TrialRow): HeldTrial {
    const trial = fromBinary(TrialSchema, row.trial);
    const schedule =
      row.schedule === undefined ? undefined : fromBinary(ScheduleSchema, row.schedule);
    if (schedule !== undefined && trial.state === TrialState.RUNNING) {
      const today = trialDate(trial, this.o.clock.now(), this.o.clock);
      if (new HeldCalendar(trial, schedule).hasEnded(today)) trial.state = TrialState.COMPLETED;
    }
    return { trial, schedule, heldSince: row.heldSince, gone: row.gone };
  }

  private async daySource(name: string): Promise<DaySource> {
    const { trial, schedule } = await this.trial(name);
    if (schedule === undefined) throw notHeld('schedule');
    return {
      trial,
      schedule,
      current: await this.entries(name),
      today: trialDate(trial, this.o.clock.now(), this.o.clock),
    };
  }

  /** Read once for every change. */
  private log(trial: string): Promise<HeldEntry[]> {
    const revision = this.o.revision();
    const known = this.logs.get(trial);
    if (known?.revision === revision) return known.log;
    const log = this.o.store.log(trial);
    this.logs.set(trial, { revision, log });
    log.catch(() => this.logs.delete(trial));
    return log;
  }
}
