// One round of syncing: send what waits, then read what is new. Nothing here holds a transaction open
// while the network is asked, and every step leaves the store such that the next round goes on from
// there, wherever this one is cut off.
import { ApiLevel } from './gen/solotrial/v1/server_service_pb.js';
import type { ServerInfo } from './gen/solotrial/v1/server_service_pb.js';
import type { EngineApi } from './engine.js';
import { SolotrialError } from './errors.js';
import type { IdMaker } from './ids.js';
import type { Clock } from './platform.js';
import { Receiver } from './receiving.js';
import { Sender } from './sending.js';
import type { Fit } from './state.js';
import type { Store } from './store.js';

const ROTATE_AFTER_MILLISECONDS = 30 * 86_400_000;
// A restore in the middle of a round makes it begin again; more than that is another fault.
const MOST_RESENDINGS = 3;
// `v1` of the package solotrial.v1.
const API_VERSION = 1;

export interface RoundOptions {
  readonly store: Store;
  readonly api: EngineApi;
  readonly clock: Clock;
  readonly ids: IdMaker;
  readonly signal: AbortSignal;
  /** Called with what the engine says of itself. */
  readonly onFit: (fit: Fit) => void;
  /** Language of notices. */
  readonly locale: string;
  /** AccessRow.pairing under which it runs. */
  readonly pairing: string;
}

/** What a round came to. */
export interface RoundOutcome {
  /** Entries that the engine cannot take yet: it says that they can be sent later. */
  readonly postponed: number;
}

/** Throws SolotrialError when it is cut off. */
export async function syncRound(options: RoundOptions): Promise<RoundOutcome> {
  const storeEpoch = await greet(options);
  await rotateToken(options);
  let postponed = 0;
  if ((await options.store.access())?.trial !== '') {
    // Helpers and clinicians have no diary of their own.
    await options.api.access.getAccess({}, { signal: options.signal });
    await end(options);
    return { postponed };
  }
  const sender = new Sender(options);
  const receiver = new Receiver(options, storeEpoch);
  for (let i = 0; i < MOST_RESENDINGS; i++) {
    postponed = await sender.send();
    if (!(await receiver.receive())) break;
  }
  await end(options);
  return { postponed };
}

/** Whether they understand each other; resolves to the epoch of the engine's store. */
async function greet({ api, signal, onFit }: RoundOptions): Promise<string> {
  const info = await api.server.getServerInfo({}, { signal });
  const fit = fitOf(info);
  onFit(fit);
  if (fit === 'APP_TOO_OLD') {
    throw new SolotrialError('APP_TOO_OLD', 'this app is too old for the engine: reload it');
  }
  if (apiVersionOf(info) !== API_VERSION) {
    throw new SolotrialError('ENGINE_TOO_OLD', 'what answers speaks no API that this app knows');
  }
  return info.storeEpoch;
}

/** The old token holds until the new one is first used, so a cut here loses nothing. */
async function rotateToken({ store, api, clock, pairing, signal }: RoundOptions): Promise<void> {
  const access = await store.access();
  if (access === undefined || clock.now() - access.tokenTime < ROTATE_AFTER_MILLISECONDS) return;
  const renewed = await api.access.rotateToken({}, { signal });
  await store.writeUnder(pairing, async (writing) => {
    await writing
      .objectStore('access')
      .put({ ...access, token: renewed.token, tokenTime: clock.now() }, 'access');
  });
}

/** Keeps that all was sent and received; a credential that was refused for a while is taken again. */
async function end({ store, pairing, clock }: RoundOptions): Promise<void> {
  await store.writeUnder(pairing, async (writing) => {
    const access = await writing.objectStore('access').get('access');
    if (access?.standing === 'REFUSED') {
      await writing.objectStore('access').put({ ...access, standing: 'PAIRED' }, 'access');
    }
    await writing.objectStore('synced').put(clock.now(), 'synced');
  });
}

/** 0 where none is said. */
function apiVersionOf(info: ServerInfo): number {
  return Number(/^v(\d+)$/.exec(info.apiVersion)?.[1] ?? 0);
}

function fitOf(info: ServerInfo): Fit {
  const version = apiVersionOf(info);
  if (version !== API_VERSION) return version > API_VERSION ? 'APP_TOO_OLD' : 'ENGINE_TOO_OLD';
  if (info.apiLevel === 0) return 'UNKNOWN';
  if (ApiLevel.CURRENT < info.oldestClientLevel) return 'APP_TOO_OLD';
  return ApiLevel.CURRENT > info.apiLevel ? 'ENGINE_TOO_OLD' : 'FITS';
}
