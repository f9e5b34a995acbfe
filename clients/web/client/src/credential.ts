// The credential of this phone: got, and not taken any more.
import { clear } from './store.js';
import type { Store } from './store.js';
import type { AccessRow } from './store_schema.js';

/** Keeps a new one. Of a person whose data was deleted nothing is left; of one whose credential was
 * refused all is kept and sent. */
export function credentialGot(store: Store, access: AccessRow): Promise<void> {
  return store.write(async (writing) => {
    const rows = writing.objectStore('access');
    if ((await rows.get('access'))?.standing === 'DELETED_ON_ENGINE') await clear(writing);
    await rows.put(access, 'access');
  });
}

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
