// Calls that are made again by themselves when nobody knows what became of them.
import type { DescMethod } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import type { SolotrialError } from './errors.js';
import type { Timers } from './platform.js';

// In milliseconds, before the second try, the third and the last.
const PAUSES = [100, 300, 700];
// What only reads, and RecordEntries, which knows entries by their ids.
const REPEATABLE =
  /^(Get|List|Analyze|Predict|Preview|Export|Render|Screen|Draft|Verify|RecordEntries)/;

/** How calls are repeated. */
export interface Repeating {
  readonly timers: Timers;
  /** Makes the id by which the engine knows a repetition. */
  readonly makeId: () => string;
}

/** Makes a call, and makes it again where that does nothing twice. */
export type Repeater = <T>(request: unknown, call: (request: unknown) => Promise<T>) => Promise<T>;

/** What repeats calls of `method`; those that must not be are made once. */
export function repeater(method: DescMethod, { timers, makeId }: Repeating): Repeater {
  const hasId = method.input.field['requestId'] !== undefined;
  if (!hasId && !REPEATABLE.test(method.name)) return (request, call) => call(request);
  return async (given, call) => {
    const request = hasId ? withId(given as Partial<WithId>, makeId) : given;
    for (const pause of PAUSES) {
      try {
        return await call(request);
      } catch (error) {
        if (!isWorthAnotherTry(error as SolotrialError)) throw error;
      }
      await new Promise<void>((resolve) => timers.after(pause, resolve));
    }
    return call(request);
  };
}

interface WithId {
  requestId: string;
}

function withId(request: Partial<WithId>, makeId: () => string): WithId {
  return { ...request, requestId: request.requestId || makeId() };
}

/** What took longest already is not begun again unasked. */
function isWorthAnotherTry({ reason, cause }: SolotrialError): boolean {
  const tookTooLong = cause instanceof ConnectError && cause.code === Code.DeadlineExceeded;
  return reason === 'BUSY' || (reason === 'UNREACHABLE' && !tookTooLong);
}
