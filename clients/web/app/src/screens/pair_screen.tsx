// Making this phone one of the person's own: by a link, a picture or a typed code.
import { useEffect, useState } from 'preact/hooks';
import { client, useAction } from '../client';
import { keepPhrase } from '../phrase';
import { isIos, isStandalone } from '../platform';
import { arrivedCode, forgetCode, go } from '../router';
import { text } from '../text/text';
import { Banner, Button, Card, Field, Tick } from '../ui/parts';
import { Screen } from '../ui/screen';
import { canScan, Scanner } from '../ui/scanner';

export function PairScreen(props: {
  again?: boolean;
  deleted?: boolean;
  onConnecting: (under: boolean) => void;
}) {
  const tx = text();
  const [code, setCode] = useState(arrivedCode()?.code ?? '');
  const [device, setDevice] = useState(tx.pair.deviceDefault);
  const [here, setHere] = useState(!isIos() || isStandalone());
  const [scanning, setScanning] = useState(false);
  const [scans, setScans] = useState(false);
  const [recovering, setRecovering] = useState(false);
  const action = useAction();
  useEffect(() => {
    void canScan().then(setScans);
  }, []);

  const pair = (found: string) => {
    action.run(async () => {
      // This screen stays until the phrase is kept, which comes this once.
      props.onConnecting(true);
      try {
        const paired = await client().pair(found, device.trim() || tx.pair.deviceDefault);
        if (paired.recoveryPhrase) keepPhrase(paired.recoveryPhrase);
        forgetCode();
        go('', true);
      } finally {
        props.onConnecting(false);
      }
    });
  };

  if (recovering) return <RecoverScreen device={device} onBack={() => setRecovering(false)} />;
  if (!here) return <InstallFirst code={code} onHere={() => setHere(true)} />;
  return (
    <Screen title={tx.pair.title} back={props.again ? '#/today' : undefined}>
      {props.deleted && <Banner>{tx.pair.gone}</Banner>}
      <Card>
        <p>
          {tx.pair.how} <code dir="ltr">solotrial pair</code>. {tx.pair.how2}
        </p>
        <p class="small muted">{tx.pair.noAccount}</p>
      </Card>
      {arrivedCode() && <Banner kind="good">{tx.pair.found}</Banner>}
      <form
        class="foot stack"
        onSubmit={(event) => {
          event.preventDefault();
          pair(code);
        }}
      >
        {scanning && (
          <Scanner
            onFound={(found) => {
              setScanning(false);
              pair(found);
            }}
            onFail={() => setScanning(false)}
          />
        )}
        <Field
          label={tx.pair.code}
          hint={tx.pair.codeHint}
          fault={action.fault}
          value={code}
          onInput={setCode}
          code
        />
        <Field label={tx.pair.device} value={device} onInput={setDevice} maxLength={60} />
        <Button kind="primary" submit busy={action.busy || code.trim() === ''}>
          {action.busy ? tx.pair.connecting : tx.pair.connect}
        </Button>
        {scans && !scanning && <Button onClick={() => setScanning(true)}>{tx.pair.scan}</Button>}
        <Button kind="quiet" onClick={() => setRecovering(true)}>
          {tx.pair.lost}
        </Button>
      </form>
    </Screen>
  );
}

function InstallFirst(props: { code: string; onHere: () => void }) {
  const tx = text().pair;
  return (
    <Screen title={tx.installTitle} foot={<Button onClick={props.onHere}>{tx.here}</Button>}>
      <Card>
        <ol class="steps stack">
          <li>{tx.install1}</li>
          <li>{tx.install2}</li>
          <li>{tx.install3}</li>
        </ol>
        <p class="small muted">{tx.installWhy}</p>
      </Card>
      {props.code && (
        <Card>
          <p>{tx.installCode}</p>
          <p class="code">{props.code}</p>
        </Card>
      )}
    </Screen>
  );
}

function RecoverScreen(props: { device: string; onBack: () => void }) {
  const tx = text();
  const [phrase, setPhrase] = useState('');
  const [others, setOthers] = useState(false);
  const action = useAction({ CODE_NOT_VALID: tx.pair.phraseWrong });
  return (
    <Screen title={tx.pair.recoverTitle} back={props.onBack}>
      <p class="muted">{tx.pair.recoverHint}</p>
      <form
        class="foot stack"
        onSubmit={(event) => {
          event.preventDefault();
          action.run(async () => {
            await client().recover(phrase, props.device, others);
            go('', true);
          });
        }}
      >
        <Field
          label={tx.pair.phrase}
          fault={action.fault}
          value={phrase}
          onInput={setPhrase}
          code
          multiline
        />
        <Tick checked={others} onChange={setOthers}>
          {tx.pair.revokeOthers}
        </Tick>
        <Button kind="primary" submit busy={action.busy || phrase.trim() === ''}>
          {tx.pair.recover}
        </Button>
      </form>
    </Screen>
  );
}

/** The phrase is shown this once: nobody leaves without having said that it is on paper. */
export function PhraseScreen(props: { phrase: string; onDone: () => void }) {
  const tx = text();
  const [written, setWritten] = useState(false);
  return (
    <Screen
      title={tx.pair.phraseTitle}
      foot={
        <>
          <Tick checked={written} onChange={setWritten}>
            {tx.pair.phraseTick}
          </Tick>
          <Button kind="primary" busy={!written} onClick={props.onDone}>
            {tx.next}
          </Button>
        </>
      }
    >
      <Card>
        <p class="code">{props.phrase}</p>
      </Card>
      <p>{tx.pair.phraseWhy}</p>
    </Screen>
  );
}
