// Drives @solotrial/client as an app does, over gRPC-Web, with IndexedDB on a file. See ../../README.md.
//
// The client syncs by itself after every change. A case says when the network is there, so its rounds
// are held back here by the lock between tabs, and run when the case asks for one.
import { keepOn, hasDisk, playBack } from './disk.js';
import { createInterface } from 'node:readline';
import { create, fromBinary, fromJson, toBinary, toJson } from '@bufbuild/protobuf';
import type { DescMessage, DescService, JsonValue } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import type { Interceptor } from '@connectrpc/connect';
import { createGrpcWebTransport } from '@connectrpc/connect-web';
import * as solotrial from '@solotrial/client';
import type { HeldEntry, NewAccess, SolotrialClient } from '@solotrial/client';

const DATABASE = 'solotrial';
// Whoever waits for a round to get through has lost patience after so many.
const MOST_ROUNDS = 3;

type Answer = Record<string, JsonValue>;

class Unsupported extends Error {}

/** One phone. */
class Driver {
  private client: SolotrialClient | undefined;
  private engine = '';
  private token = '';
  private claimed: NewAccess | undefined;
  private instant = 0;
  private offset = 0;
  private mayRun = false;
  private isCalling = false;
  private readonly timers = new Set<() => void>();
  private readonly wallClock = { now: () => this.instant, utcOffsetMinutes: () => this.offset };

  async connect(p: {
    engine: string;
    token: string;
    store: string;
    device: string;
    clock: string;
  }) {
    this.clock({ instant: p.clock });
    if (this.client === undefined) {
      const isNew = !hasDisk(p.store);
      if (!isNew) {
        await (await this.open(p.engine)).close();
        await playBack(p.store, DATABASE);
      }
      keepOn(p.store);
      this.client = await this.open(p.engine);
      this.engine = p.engine;
      // A phone that was started again has its credential; nobody gives it another.
      if (!isNew) this.token = p.token;
      if (isNew !== (this.client.getState().pairing === 'UNPAIRED')) throw new Error('not kept');
    }
    if (p.engine !== this.engine) throw new Unsupported('another engine without pairing anew');
    if (p.token !== this.token) {
      await this.phone.adopt({ token: p.token, role: solotrial.Role.OWNER }, p.device);
      this.token = p.token;
    }
    return {};
  }

  async check_version() {
    await this.running(() => this.phone.sync());
    const { syncError } = this.phone.getState();
    if (syncError !== undefined) throw syncError;
    return {};
  }

  async call({ method, request }: { method: string; request: JsonValue }) {
    const [service, name] = method.split('/') as [string, string];
    const { input, output } = descOf<DescService>(service).methods.find((m) => m.name === name)!;
    const api = this.phone.api as unknown as Record<string, Record<string, Function>>;
    const calls = api[lowerFirst(service.replace('Service', ''))]!;
    const call = () => calls[lowerFirst(name)]!(fromJson(input, request));
    return toJson(output, await this.calling(call));
  }

  /** It knows what it was told in its last round. */
  async follow() {
    await this.round();
    return {};
  }

  async record(p: { trial: string; entry: JsonValue; date?: string }) {
    // An app shows nothing to record for before it has been told of the trial once.
    if (!(await this.holds(p.trial))) await this.round();
    const { content, slot, supersedes } = fromJson(solotrial.EntrySchema, p.entry);
    if (content.case === undefined) throw new Unsupported('an entry without content');
    if (content.case === 'retraction') {
      return { entry: entryJson(await this.phone.retract(p.trial, supersedes)) };
    }
    const date = p.date || (await this.phone.today(p.trial));
    const [held] = await this.phone.record({ trial: p.trial, date, slot, supersedes, content });
    return { entry: entryJson(held!) };
  }

  async sync({ trial, locale }: { trial: string; locale?: string }) {
    this.phone.setLocale(locale || 'en');
    const before = this.phone.getState();
    const known = await this.fromOthers(trial);
    await this.round();
    const { waiting, rejected, notices } = this.phone.getState();
    for (const { id } of notices) await this.phone.dismissNotice(id);
    return {
      sent: before.waiting - waiting - (rejected - before.rejected),
      received: [...(await this.fromOthers(trial))].filter((id) => !known.has(id)).length,
      notices: notices.map(({ message }) => message.text),
    };
  }

  async pending({ trial }: { trial: string }) {
    return { entries: of(trial, await this.phone.waiting()).map(entryJson) };
  }

  async current({ trial }: { trial: string }) {
    return { entries: (await this.phone.entries(trial)).map(entryJson) };
  }

  async refused({ trial }: { trial: string }) {
    const all = [...(await this.phone.rejected()), ...(await this.phone.waiting())];
    const refused = of(trial, all).flatMap(({ entry, rejection }) =>
      rejection === undefined
        ? []
        : {
            id: entry.id,
            reason: rejection.reason,
            field: rejection.field,
            retryable: rejection.retryable,
          },
    );
    return { refused };
  }

  async discard({ id }: { id: string }) {
    await this.phone.discardRejected(id);
    return {};
  }

  day(p: { instant: string; time_zone: string; day_starts_at?: string }) {
    const protocol = {
      timeZone: p.time_zone,
      ...(p.day_starts_at === undefined ? {} : { dayStartsAt: p.day_starts_at }),
    };
    const trial = create(solotrial.TrialSchema, { protocol });
    return { date: solotrial.trialDate(trial, Date.parse(p.instant), this.wallClock) };
  }

  clock({ instant }: { instant: string }) {
    this.instant = Date.parse(instant);
    const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)$/.exec(instant) ?? [, '+', '0', '0'];
    this.offset = Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes));
    return {};
  }

  set_clock(p: { instant: string }) {
    return this.clock(p);
  }

  async pair({ link }: { link: string }) {
    if (link.includes('&pin=')) {
      throw new Unsupported(
        'certificates: the browser checks them, and shows no page which it has',
      );
    }
    await this.calling(() => this.phone.pair(link, 'conformance'));
    const { token, device } = this.claimed!;
    this.token = token;
    return { token, device };
  }

  decode({ type, bytes }: { type: string; bytes: string }) {
    const schema = descOf<DescMessage>(`${type}Schema`);
    const message = fromBinary(schema, Buffer.from(bytes, 'base64'));
    return {
      type,
      message: toJson(schema, message),
      bytes: Buffer.from(toBinary(schema, message)).toString('base64'),
    };
  }

  private get phone(): SolotrialClient {
    if (this.client === undefined) throw new Error('connect first');
    return this.client;
  }

  private open(engine: string): Promise<SolotrialClient> {
    const watch: Interceptor = (next) => async (request) => {
      const answer = await next(request);
      if (!answer.stream && answer.message.$typeName === 'solotrial.v1.NewAccess') {
        this.claimed = answer.message as NewAccess;
      }
      return answer;
    };
    return solotrial.openClient({
      databaseName: DATABASE,
      transport: createGrpcWebTransport({ baseUrl: `http://${engine}`, interceptors: [watch] }),
      keepDeleted: true,
      clock: this.wallClock,
      timers: { after: (_, callback) => this.after(callback) },
      lock: async (_, task) => {
        if (!this.mayRun) throw new solotrial.SolotrialError('CANCELLED', 'not now');
        return task();
      },
    });
  }

  /** Pauses within a call pass at once, those between rounds when it is asked for the next one. */
  private after(callback: () => void): () => void {
    if (this.isCalling) {
      queueMicrotask(callback);
      return () => {};
    }
    this.timers.add(callback);
    return () => this.timers.delete(callback);
  }

  /** Lets the client sync until it has succeeded, or has no mind to try again, or often enough. */
  private async round(): Promise<void> {
    await this.running(async () => {
      await this.phone.sync();
      for (let i = 1; i < MOST_ROUNDS && this.timers.size > 0; i++) {
        if (this.phone.getState().syncError === undefined) break;
        const due = [...this.timers];
        this.timers.clear();
        for (const callback of due) callback();
        await this.idle();
      }
    });
    const { syncError } = this.phone.getState();
    if (syncError !== undefined) throw syncError;
  }

  private async running(task: () => Promise<void>): Promise<void> {
    this.mayRun = true;
    try {
      await task();
    } finally {
      this.mayRun = false;
    }
  }

  private async calling<T>(call: () => Promise<T>): Promise<T> {
    this.isCalling = true;
    try {
      return await call();
    } finally {
      this.isCalling = false;
    }
  }

  private idle(): Promise<void> {
    return new Promise((resolve) => {
      const end = this.phone.subscribe(() => {
        if (this.phone.getState().syncing) return;
        end();
        resolve();
      });
    });
  }

  private async holds(trial: string): Promise<boolean> {
    return (await this.phone.trials()).some((held) => held.trial.name === trial);
  }

  private async fromOthers(trial: string): Promise<Set<string>> {
    const entries = await this.phone.entries(trial);
    return new Set(entries.filter(({ own }) => !own).map(({ entry }) => entry.id));
  }
}

function of(trial: string, entries: readonly HeldEntry[]): HeldEntry[] {
  return entries.filter((held) => held.trial === trial);
}

function entryJson(held: HeldEntry): JsonValue {
  return toJson(solotrial.EntrySchema, held.entry);
}

function descOf<T>(name: string): T {
  return (solotrial as unknown as Record<string, T>)[name]!;
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

const KINDS: Record<string, string> = {
  UNREACHABLE: 'unreachable',
  APP_TOO_OLD: 'version',
  ENGINE_TOO_OLD: 'version',
  NOT_SUPPORTED: 'unsupported-by-engine',
};

/** What an app can tell about a failure without reading its text. */
function describe(error: solotrial.SolotrialError): Answer {
  const kind = KINDS[error.reason];
  if (kind !== undefined) return { kind };
  if (!(error.cause instanceof ConnectError)) throw error;
  return {
    kind: 'engine',
    reason: error.reason,
    code: Code[error.cause.code]!.replace(/(?<=[a-z])[A-Z]/g, '_$&').toUpperCase(),
    retryable: error.retryable,
    fields: error.fields.map(({ field }) => field),
  };
}

const driver = new Driver();
for await (const line of createInterface({ input: process.stdin })) {
  const { op, ...parameters } = JSON.parse(line);
  const operations = driver as unknown as Record<string, (p: unknown) => Promise<JsonValue>>;
  let answer: Answer;
  try {
    answer = { ok: await operations[op]!(parameters) };
  } catch (error) {
    if (error instanceof Unsupported) answer = { unsupported: error.message };
    else if (error instanceof solotrial.SolotrialError) answer = { error: describe(error) };
    else throw error;
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
process.exit();
