import type { HeldTrial } from '@solotrial/client';
import { text } from '../text/text';
import { Banner } from '../ui/parts';

export const phoneZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The zone that the trial's days are counted in now: the protocol's, or that of the last change. */
export function trialZone(held: HeldTrial, date: string): string {
  let zone = held.trial.protocol?.timeZone ?? '';
  for (const change of held.trial.timeZoneChanges) if (change.date <= date) zone = change.timeZone;
  return zone;
}

const offset = (zone: string, now: Date) =>
  new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' })
    .formatToParts(now)
    .find((part) => part.type === 'timeZoneName')?.value;

/** Said only where the clocks differ: Europe/Berlin and Europe/Paris are no news to anybody. */
export function zonesDiffer(first: string, second: string): boolean {
  try {
    const now = new Date();
    return offset(first, now) !== offset(second, now);
  } catch {
    return first !== second; // a zone that this browser does not know
  }
}

export function ZoneHint(props: { held: HeldTrial; date: string }) {
  const tx = text();
  const phone = phoneZone();
  if (!zonesDiffer(trialZone(props.held, props.date), phone)) return null;
  return (
    <Banner>
      <p>
        {tx.zoneDiffers(phone)} <a href="#/settings/zone">{tx.zoneLink}</a>
      </p>
    </Banner>
  );
}
