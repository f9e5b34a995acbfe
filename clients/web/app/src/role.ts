// Who holds this phone's credential: the person, or a doctor or helper whom they invited.
import { Role } from '@solotrial/client';
import { useEffect, useState } from 'preact/hooks';
import { client, reasonOf } from './client';

export interface Holder {
  role: Role;
  /** The one trial of a doctor or helper. */
  trial: string;
}

const key = 'solotrial.holder';

function kept(): Holder | undefined {
  try {
    return (JSON.parse(localStorage.getItem(key) ?? 'null') as Holder | undefined) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Undefined until it is known; kept, so that a phone without a network knows it too. */
export function useHolder(paired: boolean): Holder | undefined {
  const [holder, setHolder] = useState(kept);
  useEffect(() => {
    if (!paired) {
      setHolder(undefined);
      return;
    }
    client()
      .api.access.getAccess({})
      .then(
        ({ role, trial }) => {
          const now = { role, trial };
          setHolder(now);
          try {
            localStorage.setItem(key, JSON.stringify(now));
          } catch {
            // Asked again at the next start.
          }
        },
        (error: unknown) => {
          // Most phones are the person's own.
          if (reasonOf(error) !== '')
            setHolder((last) => last ?? { role: Role.PARTICIPANT, trial: '' });
        },
      );
  }, [paired]);
  return holder;
}
