// What becomes of a credential that the engine does not take.
import { clear } from './store.js';
import type { Store } from './store.js';

/** Keeps what a refusal (UNAUTHENTICATED, PERSON_DELETED) of that token means; whether another tab has
 * got a newer token since, with which to try once more. `keepDeleted`: see ClientOptions. */
export function credentialRefused(
  store: Store,
  reason: string,
  token: string | undefined,
  keepDeleted: boolean,
): Promise<boolean> {
  return store.write(async (writing) => {
    const rows = writing.objectStore('access');
    const access = await rows.get('access');
    // What needs no credential says nothing about this phone's.
    if (access === undefined || access.token === '' || token === undefined) return false;
    if (access.token !== token) return true;
    if (reason === 'PERSON_DELETED') {
      if (!keepDeleted) await clear(writing);
      const left = { ...access, token: '', device: '', deviceName: '', trial: '' };
      await rows.put({ ...left, standing: 'DELETED_ON_ENGINE' }, 'access');
    } else {
      await rows.put({ ...access, standing: 'REFUSED' }, 'access');
    }
    return false;
  });
}
