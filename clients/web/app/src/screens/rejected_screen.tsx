// What the engine did not take: kept, with what to do about it.
import type { HeldEntry } from '@solotrial/client';
import { client, useAction, useStored } from '../client';
import { answerWords } from '../say';
import { text } from '../text/rest';
import { longDate } from '../text/text';
import { Banner, Button, Card } from '../ui/parts';
import { Screen } from '../ui/screen';

export function RejectedScreen() {
  const tx = text().rejected;
  const rejected = useStored(() => client().rejected(), []);
  return (
    <Screen title={tx.title} back="#/today">
      <p class="muted">{rejected.value?.length === 0 ? tx.none : tx.hint}</p>
      {rejected.fault && <Banner kind="bad">{rejected.fault}</Banner>}
      {rejected.value?.map((held) => (
        <RejectedCard key={held.entry.id} held={held} />
      ))}
    </Screen>
  );
}

function RejectedCard(props: { held: HeldEntry }) {
  const tx = text().rejected;
  const { held } = props;
  const action = useAction();
  const reason = held.rejection?.reason ?? '';
  return (
    <Card>
      <p class="strong">{longDate(held.entry.date)}</p>
      <p>{answerWords(held)}</p>
      <p class="small">{tx.why[reason] ?? held.rejection?.message}</p>
      {action.fault && <Banner kind="bad">{action.fault}</Banner>}
      <Button href={`#/day/${held.entry.date}`}>{tx.correct}</Button>
      {held.rejection?.retryable && (
        <Button
          busy={action.busy}
          onClick={() => action.run(() => client().retryRejected(held.entry.id))}
        >
          {tx.again}
        </Button>
      )}
      <Button
        kind="quiet"
        busy={action.busy}
        onClick={() => action.run(() => client().discardRejected(held.entry.id))}
      >
        {tx.discard}
      </Button>
    </Card>
  );
}
