// Calls that a thief of the phone would want need the person to say that it is them: by the phrase
// from the paper, or on another device.
import { timestampMs } from '@bufbuild/protobuf/wkt';
import { useEffect, useRef, useState } from 'preact/hooks';
import { client, useAction, useLoaded } from '../client';
import { text } from '../text/rest';
import { Banner, Button, Field } from './parts';
import type { Answer } from './confirm_sheet';
import { Sheet } from './sheet';

export function Asking(props: { onFinish: Answer }) {
  const tx = text().confirm;
  const [phrase, setPhrase] = useState('');
  const [number, setNumber] = useState('');
  const action = useAction({ CODE_NOT_VALID: text().pair.phraseWrong });
  const access = useLoaded(() => client().api.access.getAccess({}), []).value;
  return (
    <Sheet title={tx.title} onClose={() => props.onFinish(false)}>
      <p class="muted">{tx.why}</p>
      {number ? (
        <Waiting number={number} onConfirmed={() => props.onFinish(true)} />
      ) : (
        <>
          {access?.hasRecoveryPhrase !== false && (
            <form
              class="stack"
              onSubmit={(event) => {
                event.preventDefault();
                action.run(async () => {
                  await client().api.access.confirm({ recoveryPhrase: phrase });
                  props.onFinish(true);
                });
              }}
            >
              <Field label={tx.phrase} value={phrase} onInput={setPhrase} code multiline />
              <Button kind="primary" submit busy={action.busy || phrase.trim() === ''}>
                {tx.confirm}
              </Button>
            </form>
          )}
          {action.fault && <Banner kind="bad">{action.fault}</Banner>}
          <Button
            onClick={() =>
              action.run(async () => {
                setNumber((await client().api.access.requestApproval({})).number);
              })
            }
          >
            {tx.other}
          </Button>
        </>
      )}
    </Sheet>
  );
}

const every = 2000; // milliseconds between two questions whether another device has confirmed

function Waiting(props: { number: string; onConfirmed: () => void }) {
  const tx = text().confirm;
  const over = useRef(false);
  useEffect(() => {
    let timer = 0;
    const ask = async () => {
      const access = await client()
        .api.access.getAccess({})
        .catch(() => undefined);
      if (over.current) return;
      if (access?.confirmEndTime && timestampMs(access.confirmEndTime) > 0) props.onConfirmed();
      else timer = window.setTimeout(() => void ask(), every);
    };
    void ask();
    return () => {
      over.current = true;
      clearTimeout(timer);
    };
  }, []);
  return (
    <>
      <p>{tx.show}</p>
      <p class="code">{props.number}</p>
      <p>
        {tx.computer} <code dir="ltr">solotrial approve</code>
      </p>
      <p class="small muted" role="status">
        {tx.wait}
      </p>
    </>
  );
}
