// What a helper sees: what goes into which envelope, once they ask for it.
import { type PackingList } from '@solotrial/client';
import { useState } from 'preact/hooks';
import { client, reasonOf, useAction } from '../client';
import { text } from '../text/rest';
import { Banner, Button, Line, List } from '../ui/parts';
import { Screen } from '../ui/screen';

export function HelperScreen(props: { trial: string }) {
  const tx = text();
  const [list, setList] = useState<PackingList>();
  const [early, setEarly] = useState(false);
  const action = useAction();
  const look = () => {
    action.run(async () => {
      try {
        setList(await client().api.trial.getPackingList({ name: props.trial }));
        setEarly(false);
      } catch (error) {
        if (reasonOf(error) !== 'WRONG_STATE') throw error;
        setEarly(true);
      }
    });
  };
  return (
    <Screen
      title={tx.helper.title}
      sub={list?.title}
      foot={
        !list && (
          <>
            <p class="small muted">{tx.helper.lookHint}</p>
            {early && <Banner>{tx.helper.notYet}</Banner>}
            {action.fault && <Banner kind="bad">{action.fault}</Banner>}
            <Button kind="primary" busy={action.busy} onClick={look}>
              {tx.helper.look}
            </Button>
          </>
        )
      }
    >
      <p class="muted">{tx.helper.hint}</p>
      {list && (
        <List>
          {list.envelopes.map((envelope) => (
            <Line
              key={envelope.number}
              icon="envelope"
              title={
                <>
                  <span class="strong">{tx.helper.envelope(envelope.number)}</span>:{' '}
                  {envelope.contents}
                </>
              }
              sub={tx.helper.doses(envelope.doses, envelope.days)}
            />
          ))}
        </List>
      )}
    </Screen>
  );
}
