import type { HeldTrial } from '@solotrial/client';
import { useState } from 'preact/hooks';
import { client, useAction, useStored } from '../client';
import { text } from '../text/rest';
import { Banner, Button, Select } from '../ui/parts';
import { Screen } from '../ui/screen';
import { phoneZone, trialZone } from '../screens/zone_hint';

const zones = (): string[] =>
  'supportedValuesOf' in Intl ? Intl.supportedValuesOf('timeZone') : [phoneZone()];

export function ZoneScreen(props: { held: HeldTrial }) {
  const tx = text().zone;
  const trial = props.held.trial.name;
  const today = useStored(() => client().today(trial), [trial]).value ?? '9999';
  const now = trialZone(props.held, today);
  const [chosen, setChosen] = useState(phoneZone());
  const [changed, setChanged] = useState(false);
  const action = useAction();
  const all = [...new Set([chosen, now, ...zones()])].filter(Boolean).sort();
  return (
    <Screen
      title={tx.title}
      back="#/settings"
      foot={
        <>
          {action.fault && <Banner kind="bad">{action.fault}</Banner>}
          <Select
            label={tx.other}
            value={chosen}
            onChange={setChosen}
            options={all.map((zone) => ({ value: zone, title: zone.replaceAll('_', ' ') }))}
          />
          <Button
            kind="primary"
            busy={action.busy || chosen === now}
            onClick={() =>
              action.run(async () => {
                await client().api.trial.changeTimeZone({ name: trial, timeZone: chosen });
                await client().sync();
                setChanged(true);
              })
            }
          >
            {tx.change(chosen.replaceAll('_', ' '))}
          </Button>
        </>
      }
    >
      {changed && <Banner kind="good">{tx.changed}</Banner>}
      <p class="big">{tx.now(now)}</p>
      <p>{now === phoneZone() ? tx.same : tx.phone(phoneZone())}</p>
      <p class="muted">{tx.hint}</p>
    </Screen>
  );
}
