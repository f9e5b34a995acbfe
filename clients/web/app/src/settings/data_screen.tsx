// Taking everything along, a recovery phrase, and deleting everything.
import { ExportTableRequest_Format, type HeldTrial } from '@solotrial/client';
import { useState } from 'preact/hooks';
import { client, useAction, useLoaded } from '../client';
import { forgetPreferences } from '../preferences';
import { go } from '../router';
import { PhraseScreen } from '../screens/pair_screen';
import { isLived, type Trials } from '../trials';
import { text } from '../text/rest';
import { saveFile } from '../ui/copy';
import { Banner, Button, Card, Field } from '../ui/parts';
import { Screen } from '../ui/screen';

export function DataScreen(props: { trials: Trials; held: HeldTrial | undefined }) {
  const tx = text().data;
  const [passphrase, setPassphrase] = useState('');
  const action = useAction();
  const { held } = props;
  const sealed = props.trials.all.some(isLived);
  const archive = () => {
    action.run(async () => {
      const made = await client().api.data.exportArchive({ passphrase });
      saveFile(made.archive, 'application/zip', made.fileName);
    });
  };
  const table = (trial: string) => {
    action.run(async () => {
      const made = await client().api.report.exportTable({
        trial,
        format: ExportTableRequest_Format.CSV_ZIP,
      });
      saveFile(made.content, made.contentType, made.fileName);
    });
  };
  const diary = (trial: string) => {
    action.run(async () => {
      const made = await client().api.trial.exportDiary({ name: trial });
      saveFile(made.diaryCsv, 'text/csv', 'solotrial-diary.csv');
    });
  };
  return (
    <Screen title={tx.title} back="#/settings">
      {action.fault && <Banner kind="bad">{action.fault}</Banner>}
      <Card>
        <h2>{tx.archive}</h2>
        {sealed && (
          <Field
            label={tx.passphrase}
            hint={tx.passphraseHint}
            value={passphrase}
            onInput={setPassphrase}
          />
        )}
        <Button kind="primary" busy={action.busy || (sealed && !passphrase)} onClick={archive}>
          {tx.make}
        </Button>
      </Card>
      {held && (
        <>
          <Button busy={action.busy} onClick={() => table(held.trial.name)}>
            {tx.csv}
          </Button>
          <Button busy={action.busy} onClick={() => diary(held.trial.name)}>
            {tx.diary}
          </Button>
        </>
      )}
    </Screen>
  );
}

export function RecoveryScreen() {
  const tx = text().recovery;
  const access = useLoaded(() => client().api.access.getAccess({}), []);
  const [phrase, setPhrase] = useState('');
  const action = useAction();
  if (phrase) return <PhraseScreen phrase={phrase} onDone={() => go('settings')} />;
  return (
    <Screen
      title={tx.title}
      back="#/settings"
      foot={
        <>
          {action.fault && <Banner kind="bad">{action.fault}</Banner>}
          <Button
            kind="primary"
            busy={action.busy || !access.value}
            onClick={() =>
              action.run(async () => {
                const made = await client().api.access.createRecoveryPhrase({});
                setPhrase(made.recoveryPhrase);
              })
            }
          >
            {tx.make}
          </Button>
        </>
      }
    >
      {access.fault && <Banner kind="warn">{access.fault}</Banner>}
      {access.value && <p>{access.value.hasRecoveryPhrase ? tx.has : tx.hasNot}</p>}
    </Screen>
  );
}

export function DeleteScreen() {
  const tx = text().delete;
  const [typed, setTyped] = useState('');
  const action = useAction();
  const meant = typed.trim().toLocaleLowerCase() === tx.word;
  return (
    <Screen
      title={tx.title}
      back="#/settings"
      foot={
        <form
          class="stack"
          onSubmit={(event) => {
            event.preventDefault();
            if (!meant) return;
            action.run(async () => {
              await client().deleteEverything();
              forgetPreferences();
              go('deleted', true);
            });
          }}
        >
          <Field label={tx.type} value={typed} onInput={setTyped} />
          {action.fault && <Banner kind="bad">{action.fault}</Banner>}
          <Button kind="danger" submit busy={action.busy || !meant}>
            {tx.do}
          </Button>
        </form>
      }
    >
      <Banner kind="warn">{tx.text}</Banner>
      <Button href="#/settings/data">{tx.export}</Button>
    </Screen>
  );
}
