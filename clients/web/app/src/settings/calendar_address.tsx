import type { ReminderTime } from '@solotrial/client';

// The engine gets links of the kind `calendar`; until then there is the file.
export function CalendarAddress(_props: {
  trial: string;
  settings: () => { times: ReminderTime[]; locale: string };
}) {
  return null;
}
