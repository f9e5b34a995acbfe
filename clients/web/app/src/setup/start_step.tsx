// The last screen: from when on. Then the order is drawn, and nothing can be changed any more.
import { useState } from 'preact/hooks';
import { client, useAction } from '../client';
import { setPreferences } from '../preferences';
import { go } from '../router';
import { text } from '../text/rest';
import { addDays } from '../text/text';
import { Banner, Button, Card, Segments } from '../ui/parts';
import { Screen } from '../ui/screen';
import type { StepProps } from './setup_screen';
import { clearSetup } from './state';

export function StartStep({ setup, frame }: StepProps) {
  const tx = text();
  const [when, setWhen] = useState<'today' | 'tomorrow'>(setup.blinded ? 'tomorrow' : 'today');
  const action = useAction();
  const start = () => {
    action.run(async () => {
      const name = setup.trial;
      await client().sync(); // the phone must hold the draft to know which day the trial has
      const today = await client().today(name);
      await client().api.trial.startTrial({
        name,
        startDate: when === 'tomorrow' ? addDays(today, 1) : '',
        requestId: `start-${name.slice('trials/'.length)}`,
      });
      await client().sync();
      setPreferences({ trial: name });
      clearSetup();
      go('settings/reminders/new', true);
    });
  };
  return (
    <Screen
      title={tx.setup.startTitle}
      {...frame}
      foot={
        <>
          {action.fault && <Banner kind="bad">{action.fault}</Banner>}
          {!setup.blinded && (
            <Segments
              legend={<span class="hidden">{tx.setup.startTitle}</span>}
              value={when}
              onChange={setWhen}
              options={[
                { value: 'today', title: tx.setup.startToday },
                { value: 'tomorrow', title: tx.setup.startTomorrow },
              ]}
            />
          )}
          <Button kind="primary" busy={action.busy} onClick={start}>
            {action.busy ? tx.setup.starting : tx.setup.start}
          </Button>
        </>
      }
    >
      <Card>
        <p>{tx.setup.frozen}</p>
      </Card>
      <Banner kind="warn">{tx.advice}</Banner>
    </Screen>
  );
}
