// Reminders of the open app: without a push service a closed one cannot speak up.
import { DueItem_Kind, type HeldTrial } from '@solotrial/client';
import { useEffect } from 'preact/hooks';
import { client } from './client';
import { preferences } from './preferences';
import { text } from './text/text';
import { isLived } from './trials';

const every = 15 * 60_000;
const notBefore = 18; // o'clock: what was not answered by then may have been forgotten

export function useRemindersHere(held: HeldTrial | undefined): void {
  useEffect(() => {
    if (!held || !isLived(held)) return undefined;
    let said = '';
    const look = async () => {
      if (!preferences().remind || document.visibilityState === 'visible') return;
      if (new Date().getHours() < notBefore) return;
      const date = await client().today(held.trial.name);
      if (said === date) return;
      const day = await client().day(held.trial.name, date);
      if (!day.due.some((one) => !one.held && one.item.kind !== DueItem_Kind.MARK)) return;
      said = date;
      const worker = await navigator.serviceWorker?.getRegistration();
      await worker?.showNotification('solotrial', {
        body: text().dueToday,
        icon: '/icon-192.png',
        tag: 'due',
      });
    };
    const timer = setInterval(() => void look().catch(() => undefined), every);
    return () => clearInterval(timer);
  }, [held?.trial.name, held?.trial.state]);
}
