// An engine in memory, as far as the library talks to it, over a transport that can be cut. What it
// decides is written down here once more on purpose: tests/phone holds the library to the real one.
import { create, toBinary } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError, createRouterTransport } from '@connectrpc/connect';
import type { Transport } from '@connectrpc/connect';
import { MessageSchema } from '../src/gen/solotrial/v1/analysis_pb.js';
import { AccessService } from '../src/gen/solotrial/v1/access_service_pb.js';
import { DataService } from '../src/gen/solotrial/v1/data_service_pb.js';
import { DiaryService } from '../src/gen/solotrial/v1/diary_service_pb.js';
import type { Entry } from '../src/gen/solotrial/v1/entry_pb.js';
import { EntrySchema } from '../src/gen/solotrial/v1/entry_pb.js';
import { BadRequestSchema, ErrorInfoSchema } from '../src/gen/solotrial/v1/errors_pb.js';
import { Role } from '../src/gen/solotrial/v1/options_pb.js';
import { ServerService } from '../src/gen/solotrial/v1/server_service_pb.js';
import type { Trial } from '../src/gen/solotrial/v1/trial_pb.js';
import { ScheduleSchema, TrialSchema, TrialState } from '../src/gen/solotrial/v1/trial_pb.js';
import { TrialService } from '../src/gen/solotrial/v1/trial_service_pb.js';

/** How a call goes wrong. */
export type Cut =
  /** It never reaches the engine. */
  | 'before'
  /** The engine does it, and the answer is lost. */
  | 'after'
  /** The engine gets it twice. */
  | 'twice';

export const TRIAL = 'trials/00000000-0000-7000-8000-000000000001';

/** A failure as the engine words it. */
export function fault(reason: string, code: Code, field?: string): ConnectError {
  const error = new ConnectError(reason, code);
  error.metadata.set('x-reason', reason);
  if (field !== undefined) error.metadata.set('x-field', field);
  return error;
}

export class FakeEngine {
  epoch = 'epoch-1';
  log: Entry[] = [];
  trials: Trial[] = [
    create(TrialSchema, {
      name: TRIAL,
      state: TrialState.RUNNING,
      startDate: '2026-03-01',
      protocol: { timeZone: 'Europe/Berlin' },
    }),
  ];
  tokens = new Set<string>();
  levels = { apiLevel: 1, oldestClientLevel: 1 };
  apiVersion = 'v1';
  personDeleted = false;
  locked = false;
  /** Methods called, in order. */
  calls: string[] = [];
  /** How long the last call of a method may take, in milliseconds. */
  readonly timeouts = new Map<string, number | undefined>();
  /** What is to become of the next calls of a method, by its name. */
  readonly cuts = new Map<string, Cut[]>();
  /** What it answers the next calls with. */
  faults: ConnectError[] = [];
  /** Of calls of CreateTrial, in order. */
  readonly requestIds: string[] = [];
  /** Scores that it does not take, by value: the reason. */
  readonly refuses = new Map<number, { reason: string; retryable: boolean }>();
  /** Told with the next batch. */
  notices: string[] = [];
  /** Entries in one answer of ListChanges. */
  pageSize = 3;
  private made = 0;

  readonly transport: Transport = this.makeTransport();

  cut(method: string, ...cuts: Cut[]): void {
    this.cuts.set(method, [...(this.cuts.get(method) ?? []), ...cuts]);
  }

  private makeTransport(): Transport {
    const router = createRouterTransport(({ service }) => {
      service(ServerService, {
        getServerInfo: () => ({
          apiVersion: this.apiVersion,
          storeEpoch: this.epoch,
          ...this.levels,
        }),
      });
      service(AccessService, {
        claimCode: ({ code }) => {
          if (code === 'NONE') throw fault('UNAUTHENTICATED', Code.Unauthenticated);
          if (!['GOOD-CODE-0000', 'HELP-CODE-0000'].includes(code.toUpperCase()))
            throw fault('CODE_NOT_VALID', Code.PermissionDenied, 'code');
          const device = { token: this.newToken(), device: 'devices/1' };
          return code === 'HELP-CODE-0000'
            ? { ...device, role: Role.HELPER, trial: TRIAL }
            : { ...device, role: Role.OWNER };
        },
        getAccess: () => ({}),
        rotateToken: () => ({ token: this.newToken() }),
        signOut: () => ({}),
      });
      service(DataService, {
        deleteEverything: () => {
          this.personDeleted = true;
          return {};
        },
      });
      service(TrialService, {
        createTrial: ({ requestId }) => {
          this.requestIds.push(requestId);
          return { name: `trials/${requestId}` };
        },
        listTrials: () => ({ trials: this.trials }),
        getSchedule: () => create(ScheduleSchema, {}),
      });
      service(DiaryService, {
        recordEntries: ({ trial, entries }) => {
          this.mustHave(trial);
          const results = entries.map((entry) => this.store(entry));
          const notices = this.notices.splice(0);
          return {
            results,
            cursor: { epoch: this.epoch, sequence: BigInt(this.log.length) },
            notices: notices.map((text) => create(MessageSchema, { text })),
          };
        },
        listChanges: ({ trial, cursor }) => {
          this.mustHave(trial);
          const known = cursor?.epoch ?? '';
          if (known !== '' && known !== this.epoch) throw fault('EPOCH_CHANGED', Code.Aborted);
          const from = known === '' ? 0 : Number(cursor?.sequence ?? 0n);
          const entries = this.log.slice(from, from + this.pageSize);
          const reached = from + entries.length;
          return {
            entries,
            cursor: { epoch: this.epoch, sequence: BigInt(reached) },
            more: reached < this.log.length,
          };
        },
      });
    });
    return {
      ...router,
      unary: async (method, signal, timeoutMs, header, input, contextValues) => {
        const call = () => router.unary(method, signal, timeoutMs, header, input, contextValues);
        this.calls.push(method.name);
        this.timeouts.set(method.name, timeoutMs);
        const cut = this.cuts.get(method.name)?.shift();
        if (cut === 'before') throw new ConnectError('Failed to fetch', Code.Unknown);
        try {
          this.admit(method.name, new Headers(header));
          const fault = this.faults.shift();
          if (fault !== undefined) throw fault;
          const answer = await call();
          if (cut === 'twice') return await call();
          if (cut === 'after') throw new ConnectError('network changed', Code.Unavailable);
          return answer;
        } catch (error) {
          throw withDetails(ConnectError.from(error));
        }
      },
    };
  }

  private admit(method: string, header: Headers): void {
    if (method === 'ClaimCode' || method === 'GetServerInfo') return;
    if (this.personDeleted) throw fault('PERSON_DELETED', Code.Unauthenticated);
    const token = header.get('authorization')?.replace('Bearer ', '') ?? '';
    if (!this.tokens.has(token)) throw fault('UNAUTHENTICATED', Code.Unauthenticated);
    if (this.locked) throw fault('ENGINE_LOCKED', Code.Unavailable);
  }

  private newToken(): string {
    const token = `token-${++this.made}`;
    this.tokens.add(token);
    return token;
  }

  private mustHave(trial: string): void {
    if (!this.trials.some(({ name }) => name === trial)) {
      throw fault('TRIAL_NOT_FOUND', Code.NotFound);
    }
  }

  private store(entry: Entry) {
    const value = entry.content.case === 'score' ? entry.content.value.value : undefined;
    const refusal = this.refuses.get(value ?? NaN);
    const rejected = (reason: string, retryable: boolean, field: string) => ({
      entryId: entry.id,
      rejection: { reason, retryable, field, message: 'must be something else' },
    });
    if (refusal !== undefined) return rejected(refusal.reason, refusal.retryable, 'score.value');
    const known = this.log.find(({ id }) => id === entry.id);
    if (known !== undefined && said(known) !== said(entry)) {
      return rejected('ENTRY_ID_REUSED', false, 'id');
    }
    if (known === undefined) {
      this.log.push({
        ...entry,
        sequence: BigInt(this.log.length + 1),
        recordTime: timestampFromMs(0),
      });
    }
    const sequence = known?.sequence ?? BigInt(this.log.length);
    return { entryId: entry.id, accepted: true, sequence };
  }
}

/** What the client said in it. */
function said(entry: Entry): string {
  const bare: Entry = { ...entry, sequence: 0n };
  delete bare.recordTime;
  return Buffer.from(toBinary(EntrySchema, bare)).toString('hex');
}

/** Gives an error the details that it has on the wire. */
function withDetails(error: ConnectError): ConnectError {
  const reason = error.metadata.get('x-reason');
  if (reason === null) return error;
  const info = create(ErrorInfoSchema, { reason, domain: 'solotrial', metadata: { retry: 'no' } });
  error.details = [{ type: 'google.rpc.ErrorInfo', value: toBinary(ErrorInfoSchema, info) }];
  const field = error.metadata.get('x-field');
  if (field !== null) {
    const bad = create(BadRequestSchema, {
      fieldViolations: [{ field, description: 'must be another' }],
    });
    error.details.push({ type: 'google.rpc.BadRequest', value: toBinary(BadRequestSchema, bad) });
  }
  return error;
}
