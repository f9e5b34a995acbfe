import type { Approval } from '@solotrial/client';
import { useState } from 'preact/hooks';
import { client, reasonOf, useAction, useLoaded } from '../client';
import { text } from '../text/rest';
import { Banner, Button, Card, Field } from '../ui/parts';
import { Screen } from '../ui/screen';

/** Another device of the person asks this one to say that it is them. */
export function ApprovalsScreen() {
  const tx = text();
  const waiting = useLoaded(() => client().api.access.listApprovals({}), []);
  const [done, setDone] = useState(false);
  const approvals = waiting.value?.approvals ?? [];
  return (
    <Screen
      title={tx.approvals.title}
      back="#/settings"
      foot={<Button onClick={waiting.reload}>{tx.setup.check}</Button>}
    >
      {waiting.fault && <Banner kind="warn">{waiting.fault}</Banner>}
      {done && <Banner kind="good">{tx.approvals.done}</Banner>}
      {waiting.value && approvals.length === 0 && !done && <p class="muted">{tx.approvals.none}</p>}
      {approvals.map((approval) => (
        <ApprovalCard
          key={approval.name}
          approval={approval}
          onDone={() => {
            setDone(true);
            waiting.reload();
          }}
        />
      ))}
    </Screen>
  );
}

function ApprovalCard(props: { approval: Approval; onDone: () => void }) {
  const tx = text().approvals;
  const [number, setNumber] = useState('');
  const [wrong, setWrong] = useState(false);
  const action = useAction();
  return (
    <Card>
      <p class="strong">{tx.ask(props.approval.deviceDisplayName)}</p>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          action.run(async () => {
            try {
              await client().api.access.approve({ name: props.approval.name, number });
              props.onDone();
            } catch (error) {
              if (reasonOf(error) !== 'CODE_NOT_VALID') throw error;
              setWrong(true);
            }
          });
        }}
      >
        <Field
          label={tx.number}
          inputMode="numeric"
          maxLength={2}
          value={number}
          onInput={setNumber}
          fault={wrong ? tx.wrong : action.fault}
          code
        />
        <Button kind="primary" submit busy={action.busy || number.length < 2}>
          {tx.approve}
        </Button>
      </form>
    </Card>
  );
}
