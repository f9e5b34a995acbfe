// Being confirmed by another device of the person.
import { timestampMs } from '@bufbuild/protobuf/wkt';
import type { PendingApproval } from './client.js';
import type { EngineApi } from './engine.js';
import type { Timers } from './platform.js';

// How often it is asked whether another device has approved.
const PAUSE = 2_000;

/** Asks the others; see PendingApproval. `closing` is aborted when the client is closed. */
export async function requestApproval(
  api: EngineApi,
  timers: Timers,
  closing: AbortSignal,
): Promise<PendingApproval> {
  const { number, expireTime } = await api.access.requestApproval({});
  const end = expireTime === undefined ? 0 : timestampMs(expireTime);
  return {
    number,
    expireTime: end,
    approved: async (signal) => {
      while (signal?.aborted !== true && !closing.aborted) {
        const access = await api.access.getAccess({});
        if (access.confirmEndTime !== undefined) return true;
        const { serverTime } = await api.server.getServerInfo({});
        if (serverTime !== undefined && timestampMs(serverTime) >= end) return false;
        await new Promise<void>((resolve) => timers.after(PAUSE, resolve));
      }
      return false;
    },
  };
}
