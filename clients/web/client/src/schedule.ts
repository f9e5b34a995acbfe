// Which day is what, read from the schedule that the engine told: nothing is scheduled here.
import type { Block, Schedule, Trial } from './gen/solotrial/v1/trial_pb.js';
import { Today_Phase, TrialState } from './gen/solotrial/v1/trial_pb.js';
import { Design_BlockUnit } from './gen/solotrial/v1/protocol_pb.js';
import { addDays } from './dates.js';

// A cycle ends after so many times the usual length at the latest (Design.CYCLES).
const LONGEST_CYCLE_FACTOR = 2;

/** What one civil date is. */
export interface ScheduledDay {
  readonly phase: Today_Phase;
  /** See Today.day_number. */
  readonly dayNumber: number;
  /** Present in a block. */
  readonly block: Block | undefined;
  /** See Today.day_in_block. */
  readonly dayInBlock: number;
}

/** The calendar of one started trial, as far as the phone holds it. */
export class HeldCalendar {
  private readonly unit: Design_BlockUnit;

  constructor(
    private readonly trial: Trial,
    private readonly schedule: Schedule,
  ) {
    this.unit = trial.protocol?.design?.blockUnit ?? Design_BlockUnit.BLOCK_UNIT_UNSPECIFIED;
  }

  /** See Today.planned_days. */
  get plannedDays(): number {
    const runIn =
      this.schedule.runInEndDate !== '' || !this.hasRunIn
        ? this.runInDays
        : (this.trial.protocol?.design?.runInDays ?? 0);
    return this.schedule.blocks.reduce((sum, block) => sum + block.days, runIn);
  }

  /** Whether blocks begin by entries (Mark) and not by the calendar. */
  get isByMarks(): boolean {
    return this.unit === Design_BlockUnit.VISITS || this.unit === Design_BlockUnit.CYCLES;
  }

  /** Whether the trial has ended on `today`, though the engine may have told it before. */
  hasEnded(today: string): boolean {
    switch (this.trial.state) {
      case TrialState.RUNNING:
        return this.trial.lastDate !== '' && today > this.trial.lastDate;
      case TrialState.PAUSED:
      case TrialState.DRAFT:
        return false;
      default:
        return true;
    }
  }

  /** See ScheduledDay. */
  at(date: string): ScheduledDay {
    if (date < this.trial.startDate) return outside(Today_Phase.BEFORE);
    if (this.trial.stop !== undefined && date > this.trial.stop.stopDate) {
      return outside(Today_Phase.AFTER);
    }
    // A visit takes place when it takes place, also in a pause.
    const visit =
      this.unit === Design_BlockUnit.VISITS
        ? this.schedule.blocks.find((block) => block.startDate === date)
        : undefined;
    if (visit !== undefined) return inBlock(visit, visit.number, 1);
    if (this.isPaused(date)) return outside(Today_Phase.PAUSED);
    return this.inRunIn(date) ?? this.inBlocks(date) ?? outside(this.phaseBesides(date));
  }

  /** Length of a block, 0 while a cycle is not over. */
  blockDays(block: Block): number {
    return this.isOpen(block) ? 0 : block.days;
  }

  private get hasRunIn(): boolean {
    return this.schedule.runInStartDate !== '';
  }

  private get runInDays(): number {
    const { runInStartDate: from, runInEndDate: to } = this.schedule;
    return from === '' || to === '' ? 0 : this.scheduledDays(from, to);
  }

  private inRunIn(date: string): ScheduledDay | undefined {
    const { runInStartDate: from, runInEndDate: to } = this.schedule;
    if (from === '' || date < from || (to !== '' && date > to)) return undefined;
    const day = this.scheduledDays(from, date);
    if (to === '' && this.unit === Design_BlockUnit.CYCLES && day > this.longestOpenRunIn) {
      return undefined;
    }
    return { phase: Today_Phase.RUN_IN, dayNumber: day, block: undefined, dayInBlock: 0 };
  }

  private get longestOpenRunIn(): number {
    const design = this.trial.protocol?.design;
    return (design?.runInDays ?? 0) + LONGEST_CYCLE_FACTOR * (design?.blockDays ?? 0);
  }

  private inBlocks(date: string): ScheduledDay | undefined {
    if (this.unit === Design_BlockUnit.VISITS) return undefined;
    let daysBefore = this.runInDays;
    for (const block of this.schedule.blocks) {
      if (block.startDate === '' || date < block.startDate) return undefined;
      if (block.endDate === '' || date <= block.endDate) {
        const day = this.scheduledDays(block.startDate, date);
        const open = block.endDate === '' && this.unit === Design_BlockUnit.CYCLES;
        return open && day > LONGEST_CYCLE_FACTOR * block.days
          ? undefined
          : inBlock(block, daysBefore + day, day);
      }
      daysBefore += block.days;
    }
    return undefined;
  }

  /** What a date is that is no scheduled day. */
  private phaseBesides(date: string): Today_Phase {
    const last = this.schedule.blocks.at(-1)?.endDate ?? '';
    return last !== '' && date > last ? Today_Phase.AFTER : Today_Phase.WAITING;
  }

  /** A cycle that began and is not over; the last one then has the latest possible end. */
  private isOpen(block: Block): boolean {
    if (this.unit !== Design_BlockUnit.CYCLES || block.startDate === '') return false;
    return (
      block.endDate === '' || this.scheduledDays(block.startDate, block.endDate) !== block.days
    );
  }

  private isPaused(date: string): boolean {
    return this.trial.pauses.some(
      (pause) => date >= pause.pauseDate && (pause.resumeDate === '' || date < pause.resumeDate),
    );
  }

  /** Days from `from` to `to`, both included, that are not paused. */
  private scheduledDays(from: string, to: string): number {
    let days = 0;
    for (let date = from; date <= to; date = addDays(date, 1)) if (!this.isPaused(date)) days++;
    return days;
  }
}

function outside(phase: Today_Phase): ScheduledDay {
  return { phase, dayNumber: 0, block: undefined, dayInBlock: 0 };
}

function inBlock(block: Block, dayNumber: number, dayInBlock: number): ScheduledDay {
  return { phase: Today_Phase.BLOCK, dayNumber, block, dayInBlock };
}
