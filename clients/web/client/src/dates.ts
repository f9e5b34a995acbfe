// Civil dates as ISO 8601 text, and the engine's rule for which of them an instant belongs to.
import type { Trial } from './gen/solotrial/v1/trial_pb.js';
import type { Clock } from './platform.js';

const MILLISECONDS_A_DAY = 86_400_000;
const DEFAULT_DAY_START = '04:00';

/** The date `days` after `date`. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * MILLISECONDS_A_DAY)
    .toISOString()
    .slice(0, 10);
}

/** The trial's date at an instant: the civil date in its zone, or the one before it when the clock
 * on the wall there is earlier than `day_starts_at`. */
export function trialDate(trial: Trial, instant: number, clock: Clock): string {
  const wall = wallClock(zoneOf(trial), instant, clock);
  const start = trial.protocol?.dayStartsAt ?? DEFAULT_DAY_START;
  return wall.time < start ? addDays(wall.date, -1) : wall.date;
}

/** The IANA name of the zone whose days are the trial's now. */
export function zoneOf(trial: Trial): string {
  return trial.timeZoneChanges.at(-1)?.timeZone ?? trial.protocol?.timeZone ?? '';
}

/** Date and `HH:MM` on the wall. A browser that does not know the zone tells its own time: the person
 * then has the right day wherever the phone and the trial are in one place. */
function wallClock(zone: string, instant: number, clock: Clock): { date: string; time: string } {
  const format = formatter(zone);
  if (format === undefined) {
    const local = new Date(instant + clock.utcOffsetMinutes(instant) * 60_000).toISOString();
    return { date: local.slice(0, 10), time: local.slice(11, 16) };
  }
  const part = Object.fromEntries(format.formatToParts(instant).map((p) => [p.type, p.value]));
  return {
    date: `${part['year']}-${part['month']}-${part['day']}`,
    time: `${part['hour']}:${part['minute']}`,
  };
}

const formatters = new Map<string, Intl.DateTimeFormat | undefined>();

function formatter(zone: string): Intl.DateTimeFormat | undefined {
  if (!formatters.has(zone)) formatters.set(zone, makeFormatter(zone));
  return formatters.get(zone);
}

function makeFormatter(zone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-u-ca-gregory-nu-latn', {
      timeZone: zone === '' ? 'UTC' : zone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
