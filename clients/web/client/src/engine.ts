// Calls to the engine, with this phone's credential.
import type { DescMethod, DescService } from '@bufbuild/protobuf';
import { createClient } from '@connectrpc/connect';
import type { CallOptions, Client, Transport } from '@connectrpc/connect';
import { createGrpcWebTransport } from '@connectrpc/connect-web';
import { AccessService } from './gen/solotrial/v1/access_service_pb.js';
import { AnalysisService } from './gen/solotrial/v1/analysis_service_pb.js';
import { CatalogService } from './gen/solotrial/v1/catalog_service_pb.js';
import { DataService } from './gen/solotrial/v1/data_service_pb.js';
import { DiaryService } from './gen/solotrial/v1/diary_service_pb.js';
import { PlanService } from './gen/solotrial/v1/plan_service_pb.js';
import { ReportService } from './gen/solotrial/v1/report_service_pb.js';
import { ServerService } from './gen/solotrial/v1/server_service_pb.js';
import { TrialService } from './gen/solotrial/v1/trial_service_pb.js';
import { fromCall } from './errors.js';
import type { SolotrialError } from './errors.js';
import { repeater } from './repeating.js';
import type { Repeater, Repeating } from './repeating.js';

// Unless the caller says another. What is computed, written or simulated takes its time on a small
// machine; streams last until they are ended.
function timeoutOf(method: string): number {
  if (method.startsWith('Predict')) return 900_000;
  return /^(Analyze|Export|Import|Preview|Render|GetSummary|DeleteEv)/.test(method)
    ? 120_000
    : 30_000;
}

/** Every service of the engine, with this phone's credential: for what needs a network anyway
 * (setting up, results, links). Calls throw SolotrialError. Where an answer was lost or the engine is
 * busy, calls that do nothing twice are made again a few times first: those that read, and those with
 * a `requestId`, which is filled in. */
export interface EngineApi {
  readonly access: Client<typeof AccessService>;
  readonly analysis: Client<typeof AnalysisService>;
  readonly catalog: Client<typeof CatalogService>;
  readonly data: Client<typeof DataService>;
  readonly diary: Client<typeof DiaryService>;
  readonly plan: Client<typeof PlanService>;
  readonly report: Client<typeof ReportService>;
  readonly server: Client<typeof ServerService>;
  readonly trial: Client<typeof TrialService>;
}

/** What calls need to know, and who hears what became of them. */
export interface CallContext {
  /** The credential now; undefined: none. */
  token(): Promise<string | undefined>;
  /** The engine answered. */
  answered(): void;
  /** A call with that token failed. Resolves to whether to call again: another tab has a newer one. */
  failed(error: SolotrialError, token: string | undefined): Promise<boolean>;
  /** Absent: calls are made once. */
  readonly repeating?: Repeating;
}

/** gRPC-Web, as every browser can speak it. */
export function webTransport(baseUrl: string): Transport {
  return createGrpcWebTransport({ baseUrl });
}

export function engineApi(transport: Transport, context: CallContext): EngineApi {
  const service = <S extends DescService>(desc: S) => guarded(desc, transport, context);
  return {
    access: service(AccessService),
    analysis: service(AnalysisService),
    catalog: service(CatalogService),
    data: service(DataService),
    diary: service(DiaryService),
    plan: service(PlanService),
    report: service(ReportService),
    server: service(ServerService),
    trial: service(TrialService),
  };
}

/** Methods that anybody may call (`roles` in the protos), by their local names: an old credential must
 * not stand in the way of getting a new one. */
export const OPEN_METHODS: ReadonlySet<string> = new Set(['claimCode', 'recover', 'getServerInfo']);

type Unary = (request: unknown, options?: CallOptions) => Promise<unknown>;
type Streaming = (request: unknown, options?: CallOptions) => AsyncIterable<unknown>;

function guarded<S extends DescService>(
  desc: S,
  transport: Transport,
  context: CallContext,
): Client<S> {
  const client = createClient(desc, transport) as Record<string, unknown>;
  const methods = desc.methods.map((method: DescMethod) => {
    const call = client[method.localName];
    const token = OPEN_METHODS.has(method.localName) ? async () => undefined : context.token;
    return method.methodKind === 'unary'
      ? [method.localName, guardedUnary(call as Unary, { ...context, token }, method)]
      : [method.localName, guardedStreaming(call as Streaming, { ...context, token })];
  });
  return Object.fromEntries(methods) as Client<S>;
}

function guardedUnary(call: Unary, context: CallContext, method: DescMethod): Unary {
  const timeoutMs = timeoutOf(method.name);
  const repeat: Repeater =
    context.repeating === undefined
      ? (request, make) => make(request)
      : repeater(method, context.repeating);
  const once: Unary = async (request, options) => {
    for (let mayRepeat = true; ; mayRepeat = false) {
      const token = await context.token();
      try {
        const answer = await call(request, {
          timeoutMs,
          ...withToken(token, options),
        });
        context.answered();
        return answer;
      } catch (cause) {
        const error = fromCall(cause);
        const isNewer = await context.failed(error, token);
        if (!isNewer || !mayRepeat) throw error;
      }
    }
  };
  return (given, options) => repeat(given, (request) => once(request, options));
}

function guardedStreaming(call: Streaming, context: CallContext): Streaming {
  return async function* (request, options) {
    const token = await context.token();
    try {
      for await (const message of call(request, withToken(token, options))) {
        context.answered();
        yield message;
      }
    } catch (cause) {
      const error = fromCall(cause);
      await context.failed(error, token);
      throw error;
    }
  };
}

function withToken(token: string | undefined, options: CallOptions | undefined): CallOptions {
  const headers = new Headers(options?.headers);
  if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
  return { ...options, headers };
}
