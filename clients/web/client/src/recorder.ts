// From what a person says to entries that are durable on the phone.
import { create, toBinary } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { EntrySchema, RetractionSchema } from './gen/solotrial/v1/entry_pb.js';
import type { Entry } from './gen/solotrial/v1/entry_pb.js';
import type { EntryDraft, HeldEntry } from './diary.js';
import { clientMicroseconds, headOf, keyOf } from './diary_rules.js';
import { SolotrialError } from './errors.js';
import type { IdMaker } from './ids.js';
import type { Clock } from './platform.js';
import { findEntry, putEntry, sameKey } from './store.js';
import type { Store, Writing } from './store.js';

// Far above what the engine allows any entry; more would not fit into a message to it.
const MOST_BYTES = 100_000;
// What Entry.device holds.
const MOST_DEVICE_CHARACTERS = 64;

export interface RecorderOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: IdMaker;
}

export class Recorder {
  constructor(private readonly o: RecorderOptions) {}

  /** All or none, durable when this resolves. */
  record(drafts: readonly EntryDraft[]): Promise<HeldEntry[]> {
    return this.o.store.write(async (writing) => {
      const added: HeldEntry[] = [];
      for (const draft of drafts) added.push(await this.add(writing, draft));
      return added;
    });
  }

  retract(trial: string, entryId: string): Promise<HeldEntry> {
    return this.o.store.write(async (writing) => {
      const target = await findEntry(writing, entryId);
      if (target === undefined || target.trial !== trial) throw notHeld('entry');
      return this.add(writing, {
        trial,
        date: target.entry.date,
        content: { case: 'retraction', value: create(RetractionSchema) },
        supersedes: entryId,
      });
    });
  }

  correctRejected(entryId: string, draft: EntryDraft): Promise<HeldEntry> {
    return this.o.store.write(async (writing) => {
      const supersedes = (await rejected(writing, entryId)).entry.supersedes;
      await writing.objectStore('entries').delete(entryId);
      return this.add(writing, supersedes === '' ? draft : { supersedes, ...draft });
    });
  }

  discardRejected(entryId: string): Promise<void> {
    return this.o.store.write(async (writing) => {
      await rejected(writing, entryId);
      await writing.objectStore('entries').delete(entryId);
    });
  }

  retryRejected(entryId: string): Promise<void> {
    return this.o.store.write(async (writing) => {
      const held = await rejected(writing, entryId);
      await putEntry(writing, { ...held, state: 'SAVED_ON_PHONE', rejection: undefined });
    });
  }

  private async add(writing: Writing, draft: EntryDraft): Promise<HeldEntry> {
    if ((await writing.objectStore('trials').get(draft.trial)) === undefined) {
      throw notHeld('trial');
    }
    const access = await writing.objectStore('access').get('access');
    const now = this.o.clock.now();
    const entry = create(EntrySchema, {
      id: this.o.ids.next(),
      date: draft.date,
      slot: draft.slot ?? '',
      utcOffsetMinutes: this.o.clock.utcOffsetMinutes(now),
      device: [...(access?.deviceName ?? '')].slice(0, MOST_DEVICE_CHARACTERS).join(''),
      content: draft.content,
    });
    const { supersedes, milliseconds } = await this.place(writing, draft, entry, now);
    entry.supersedes = supersedes;
    entry.clientTime = timestampFromMs(milliseconds);
    if (toBinary(EntrySchema, entry).length > MOST_BYTES) {
      throw new SolotrialError('INVALID_FIELDS', 'the entry is too long to be sent', {
        fields: [{ field: 'content', description: 'must be shorter' }],
      });
    }
    const held: HeldEntry = {
      trial: draft.trial,
      entry,
      state: 'SAVED_ON_PHONE',
      rejection: undefined,
      own: true,
    };
    await putEntry(writing, held);
    return held;
  }

  /** What it takes the place of, and when it was made. Of several that stand beside each other (of
   * two phones) only one can be named: the new one is dated after the others, for a phone whose clock
   * is behind would see its own correction lose. */
  private async place(
    writing: Writing,
    draft: EntryDraft,
    entry: Entry,
    now: number,
  ): Promise<{ supersedes: string; milliseconds: number }> {
    if (keyOf(entry) === undefined) {
      return { supersedes: draft.supersedes ?? '', milliseconds: now };
    }
    const same = await sameKey(writing, draft.trial, entry);
    const latest = same.reduce((most, one) => {
      const made = clientMicroseconds(one.entry);
      return made > most ? made : most;
    }, 0n);
    return {
      supersedes: headOf(same)?.entry.id ?? draft.supersedes ?? '',
      milliseconds: Math.max(now, Number(latest / 1_000n) + (same.length > 0 ? 1 : 0)),
    };
  }
}

async function rejected(writing: Writing, entryId: string): Promise<HeldEntry> {
  const held = await findEntry(writing, entryId);
  if (held?.state !== 'REJECTED') throw notHeld('rejected entry');
  return held;
}

export function notHeld(what: string): SolotrialError {
  return new SolotrialError('NOT_HELD', `this phone holds no such ${what}`);
}
