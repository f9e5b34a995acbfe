// An address that the phone's calendar looks at again and again. It is a share link of its own kind:
// made here, shown once, ended here.
import { ShareLink_Kind, type ReminderTime } from '@solotrial/client';
import { useState } from 'preact/hooks';
import { client, useAction, useLoaded } from '../client';
import { text } from '../text/rest';
import { CopyButton } from '../ui/copy';
import { Banner, Button } from '../ui/parts';

export function CalendarAddress(props: {
  trial: string;
  settings: () => { times: ReminderTime[]; locale: string };
}) {
  const tx = text();
  const { trial } = props;
  const [address, setAddress] = useState('');
  const links = useLoaded(() => client().api.access.listShareLinks({}), [address]);
  const action = useAction();
  const mine = (links.value?.shareLinks ?? []).filter(
    (link) => link.trial === trial && link.kind === ShareLink_Kind.CALENDAR && !link.revokeTime,
  );
  const make = () => {
    action.run(async () => {
      const link = await client().api.access.createShareLink({
        trial,
        label: tx.reminders.title,
        kind: ShareLink_Kind.CALENDAR,
        calendar: props.settings(),
      });
      setAddress(link.webLink);
    });
  };
  const end = (name: string) => {
    action.run(async () => {
      await client().api.access.revokeShareLink({ name });
      setAddress('');
      links.reload();
    });
  };
  return (
    <>
      <p class="small muted">{tx.reminders.addressHint}</p>
      {action.fault && <Banner kind="bad">{action.fault}</Banner>}
      {address ? (
        <>
          <p>{tx.reminders.addressReady}</p>
          <p class="breaks">{address}</p>
          <CopyButton value={address} />
        </>
      ) : (
        <Button onClick={make} busy={action.busy}>
          {tx.reminders.address}
        </Button>
      )}
      {mine.map((link) => (
        <Button key={link.name} kind="quiet" busy={action.busy} onClick={() => end(link.name)}>
          {tx.reminders.end}
        </Button>
      ))}
    </>
  );
}
