// What a doctor sees whom the person invited to one trial: the plan, what was found, and confirming.
import { DocumentFormat, SafetyAction, type Trial } from '@solotrial/client';
import { useState } from 'preact/hooks';
import { client, useAction, useLoaded } from '../client';
import { text } from '../text/rest';
import { locale, number } from '../text/text';
import { saveFile } from '../ui/copy';
import { Banner, Button, Card, Field } from '../ui/parts';
import { Screen } from '../ui/screen';

export function ClinicianScreen(props: { trial: string }) {
  const tx = text();
  const trial = useLoaded(() => client().api.trial.getTrial({ name: props.trial }), [props.trial]);
  const action = useAction();
  const pdf = () => {
    action.run(async () => {
      const page = await client().api.report.renderProtocol({
        trial: props.trial,
        locale: locale(),
        format: DocumentFormat.PDF,
      });
      saveFile(page.content, page.contentType, page.fileName);
    });
  };
  return (
    <Screen title={tx.clinician.title}>
      <p class="muted">{tx.clinician.hint}</p>
      {trial.fault && <Banner kind="bad">{trial.fault}</Banner>}
      {trial.value && <TrialToConfirm trial={trial.value} onConfirmed={trial.reload} />}
      {action.fault && <Banner kind="bad">{action.fault}</Banner>}
      <Button onClick={pdf} busy={action.busy}>
        {tx.clinician.summary}
      </Button>
      <Button kind="quiet" onClick={trial.reload}>
        {tx.setup.check}
      </Button>
    </Screen>
  );
}

function TrialToConfirm(props: { trial: Trial; onConfirmed: () => void }) {
  const tx = text().clinician;
  const { trial } = props;
  const { safety, protocol } = trial;
  const [name, setName] = useState('');
  const action = useAction();
  const grave = (safety?.findings ?? []).filter((one) => one.action !== SafetyAction.WARN);
  const confirmation = safety?.confirmation;
  const holds = confirmation !== undefined && !confirmation.isVoid;
  return (
    <>
      <Card>
        <p class="big">{protocol?.title}</p>
        <p class="small muted">{tx.whatTaken}</p>
        <p>{protocol?.intervention?.onInstruction}</p>
        {safety && safety.elementalMgPerDay > 0 && (
          <p>{tx.mg(number(safety.elementalMgPerDay), number(safety.limitMg))}</p>
        )}
      </Card>
      <h2>{tx.findings}</h2>
      {safety?.findings.map((finding) => (
        <Card key={finding.finding}>
          <p class="strong">{finding.reason}</p>
          <p>{finding.advice}</p>
          {finding.notSure && <p class="small muted">{text().notSure}</p>}
        </Card>
      ))}
      {confirmation?.isVoid && <Banner kind="warn">{tx.void}</Banner>}
      {holds && (
        <Banner kind="good">
          <p>{tx.confirmed}</p>
          <p>{confirmation.attestation}</p>
        </Banner>
      )}
      {!holds && grave.length === 0 && <p class="muted">{tx.nothing}</p>}
      {!holds && grave.length > 0 && (
        <form
          class="stack"
          onSubmit={(event) => {
            event.preventDefault();
            action.run(async () => {
              await client().api.trial.confirmSafety({
                name: trial.name,
                findings: grave.map((one) => one.finding),
                clinician: name.trim(),
                etag: trial.etag,
              });
              props.onConfirmed();
            });
          }}
        >
          <Field
            label={tx.name}
            hint={tx.nameHint}
            value={name}
            onInput={setName}
            maxLength={100}
            autocomplete="name"
          />
          {action.fault && <Banner kind="bad">{action.fault}</Banner>}
          <Button kind="primary" submit busy={action.busy || !name.trim()}>
            {tx.confirm}
          </Button>
        </form>
      )}
    </>
  );
}
