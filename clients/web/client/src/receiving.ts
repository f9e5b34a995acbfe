// The receiving half of a round: trials, schedules, and the log from where it was left.
import { toBinary } from '@bufbuild/protobuf';
import { ScheduleSchema, TrialSchema, TrialState } from './gen/solotrial/v1/trial_pb.js';
import type { Schedule, Trial } from './gen/solotrial/v1/trial_pb.js';
import { SolotrialError } from './errors.js';
import { findEntry, putEntry } from './store.js';
import type { RoundOptions } from './sync_round.js';

export class Receiver {
  constructor(
    private readonly o: RoundOptions,
    private readonly storeEpoch: string,
  ) {}

  /** Reads the trials and their logs; whether entries have to be sent again after a restore. */
  async receive(): Promise<boolean> {
    const trials = await this.listTrials();
    await this.o.store.writeUnder(this.o.pairing, async (writing) => {
      const rows = writing.objectStore('trials');
      for (const [position, { trial, schedule }] of trials.entries()) {
        const row = await rows.get(trial.name);
        await rows.put({
          name: trial.name,
          position,
          trial: toBinary(TrialSchema, trial),
          schedule: schedule === undefined ? undefined : toBinary(ScheduleSchema, schedule),
          heldSince: this.o.clock.now(),
          epoch: row?.epoch ?? '',
          sequence: row?.sequence ?? 0,
          gone: false,
        });
      }
    });
    await this.settleGone(new Set(trials.map(({ trial }) => trial.name)));
    let resend = false;
    for (const { trial } of trials) {
      if (trial.state !== TrialState.DRAFT) resend = (await this.readLog(trial.name)) || resend;
    }
    return resend;
  }

  private async listTrials(): Promise<{ trial: Trial; schedule: Schedule | undefined }[]> {
    const { api, signal } = this.o;
    const trials: Trial[] = [];
    let pageToken = '';
    do {
      const page = await api.trial.listTrials({ pageToken }, { signal });
      trials.push(...page.trials);
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    const all = [];
    for (const trial of trials) {
      const scheduled = trial.state !== TrialState.DRAFT && trial.state !== TrialState.IMPORTED;
      const schedule = scheduled
        ? await api.trial.getSchedule({ name: trial.name }, { signal })
        : undefined;
      all.push({ trial, schedule });
    }
    return all;
  }

  /** Trials that the engine no longer lists. One that was deleted goes from here too, unless it holds
   * what was never stored; after a restore from before it, it stays until the person lets it go. */
  private async settleGone(listed: ReadonlySet<string>): Promise<void> {
    const missing = (await this.o.store.trials()).filter((row) => !listed.has(row.name));
    if (missing.length === 0) return;
    await this.o.store.writeUnder(this.o.pairing, async (writing) => {
      const entries = writing.objectStore('entries');
      for (const row of missing) {
        const log = await entries.index('byTrial').getAll(row.name);
        const wasDeleted = row.epoch === '' || row.epoch === this.storeEpoch;
        if (wasDeleted && log.every((entry) => entry.state === 'stored')) {
          await writing.objectStore('trials').delete(row.name);
          for (const entry of log) await entries.delete(entry.id);
        } else {
          await writing.objectStore('trials').put({ ...row, gone: true });
        }
      }
    });
  }

  /** Reads a trial's log from where it was left; whether its entries have to be sent again. */
  private async readLog(trial: string): Promise<boolean> {
    const { api, store, signal, pairing } = this.o;
    for (;;) {
      const row = await store.trial(trial);
      if (row === undefined) return false;
      const cursor = { epoch: row.epoch, sequence: BigInt(row.sequence) };
      try {
        const page = await api.diary.listChanges({ trial, cursor }, { signal });
        await store.writeUnder(pairing, async (writing) => {
          const now = await writing.objectStore('trials').get(trial);
          if (now === undefined) return;
          for (const entry of page.entries) {
            const own = (await findEntry(writing, entry.id))?.own ?? false;
            await putEntry(writing, {
              trial,
              entry,
              state: 'STORED_BY_ENGINE',
              rejection: undefined,
              own,
            });
          }
          await writing.objectStore('trials').put({
            ...now,
            epoch: page.cursor?.epoch ?? '',
            sequence: Number(page.cursor?.sequence ?? 0n),
          });
        });
        if (!page.more) return false;
      } catch (error) {
        if (!(error instanceof SolotrialError) || error.reason !== 'EPOCH_CHANGED') throw error;
        await this.sendAgain(trial);
        return true;
      }
    }
  }

  /** After a restore: every entry that is held, of whatever device, is sent again (the others may be
   * lost), and the log read from its beginning. */
  private async sendAgain(trial: string): Promise<void> {
    await this.o.store.writeUnder(this.o.pairing, async (writing) => {
      const entries = writing.objectStore('entries');
      for (const row of await entries.index('byTrial').getAll(trial)) {
        if (row.state === 'stored') await entries.put({ ...row, state: 'waiting' });
      }
      const row = await writing.objectStore('trials').get(trial);
      if (row !== undefined) {
        await writing.objectStore('trials').put({ ...row, epoch: '', sequence: 0 });
      }
    });
  }
}
