// Errors that a screen can tell apart, by their reason and never by their text.
import { fromBinary } from '@bufbuild/protobuf';
import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import { BadRequestSchema, ErrorInfoSchema } from './gen/solotrial/v1/errors_pb.js';

/** Reasons of faults that are not the engine's. */
export type LocalReason =
  /** The engine was not reached, or its answer was lost: what was asked for may have happened. */
  | 'UNREACHABLE'
  /** The phone's storage is full. Nothing was saved. */
  | 'STORAGE_FULL'
  /** The browser refuses its storage, or has lost it. Nothing was saved. */
  | 'STORAGE_FAILED'
  /** This phone has no credential. */
  | 'UNPAIRED'
  /** The text or link holds no pairing code. */
  | 'NOT_A_CODE'
  /** What was asked for is not on this phone. */
  | 'NOT_HELD'
  /** The engine takes nothing from an app as old as this: see Fit. */
  | 'APP_TOO_OLD'
  /** What answers speaks no version of the API that this app knows. */
  | 'ENGINE_TOO_OLD'
  /** The engine is older than this app, and has no such call. */
  | 'NOT_SUPPORTED'
  /** The caller called it off, or the client was closed. */
  | 'CANCELLED';

/** One field that is wrong. */
export interface FieldFault {
  /** The path in the names of the protos, for example `protocol.measures[0].maximum`. */
  readonly field: string;
  /** What is wrong, and what would be right; English. */
  readonly description: string;
}

/** Everything that this library throws. */
export class SolotrialError extends Error {
  override readonly name = 'SolotrialError';
  /** An ErrorReason of the engine without its prefix (`CODE_NOT_VALID`), or a LocalReason. */
  readonly reason: string;
  /** The fields at fault, if any. */
  readonly fields: readonly FieldFault[];
  /** Whether the same call can succeed later. */
  readonly retryable: boolean;

  /** `message` is for a developer, in English. */
  constructor(
    reason: string,
    message: string,
    more: { fields?: readonly FieldFault[]; retryable?: boolean; cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.reason = reason;
    this.fields = more.fields ?? [];
    this.retryable = more.retryable ?? false;
  }
}

/** What a failed call means. What does not carry the engine's own details was not said by it (a
 * proxy, a captive portal, the browser): it counts as not reached. */
export function fromCall(cause: unknown): SolotrialError {
  if (cause instanceof SolotrialError) return cause;
  const error = ConnectError.from(cause);
  const info = detailOf(error, 'ErrorInfo', ErrorInfoSchema);
  if (info !== undefined) {
    const fields = detailOf(error, 'BadRequest', BadRequestSchema)?.fieldViolations ?? [];
    return new SolotrialError(info.reason, error.rawMessage, {
      fields: fields.map(({ field, description }) => ({ field, description })),
      retryable: info.metadata['retry'] === 'yes',
      cause,
    });
  }
  if (error.code === Code.Canceled) {
    return new SolotrialError('CANCELLED', 'the call was called off', { retryable: true, cause });
  }
  // Only gRPC says so with a status; a portal or proxy that knows no such page says it by HTTP.
  if (error.code === Code.Unimplemented && error.metadata.has('grpc-status')) {
    return new SolotrialError('NOT_SUPPORTED', 'the engine is too old for this call', { cause });
  }
  return new SolotrialError('UNREACHABLE', 'the engine was not reached, or did not answer', {
    retryable: true,
    cause,
  });
}

/** The detail on the wire is named as in googleapis; errors.proto has the same shape. */
function detailOf<Desc extends DescMessage>(
  error: ConnectError,
  name: string,
  schema: Desc,
): MessageShape<Desc> | undefined {
  for (const detail of error.details) {
    if (!('type' in detail) || detail.type !== `google.rpc.${name}`) continue;
    try {
      return fromBinary(schema, detail.value);
    } catch {
      return undefined; // Not what it says it is: no detail.
    }
  }
  return undefined;
}

/** What a failure of IndexedDB means. */
export function fromStorage(cause: unknown): SolotrialError {
  if (cause instanceof SolotrialError) return cause;
  const name = cause instanceof Error || cause instanceof DOMException ? cause.name : '';
  return name === 'QuotaExceededError'
    ? new SolotrialError('STORAGE_FULL', 'the storage of this phone is full; nothing was saved', {
        retryable: true,
        cause,
      })
    : new SolotrialError('STORAGE_FAILED', `the storage of this browser failed (${name})`, {
        retryable: true,
        cause,
      });
}
