// What can be done with a trial that is lived: pause, go on, end, and in an emergency know.
import {
  DocumentFormat,
  Pause_Cause,
  TrialState,
  Design_Blinding,
  type HeldTrial,
} from '@solotrial/client';
import { useState } from 'preact/hooks';
import { client, useAction } from '../client';
import { setPreferences } from '../preferences';
import { go } from '../router';
import { text } from '../text/rest';
import { fullDate, locale } from '../text/text';
import { saveFile } from '../ui/copy';
import { Banner, Button, Card, Field, Line, List, Tick } from '../ui/parts';
import { Screen } from '../ui/screen';
import { Sheet } from '../ui/sheet';
import { isLived, type Trials } from '../trials';

type Step = 'pause' | 'stop' | 'unblind';

export function TrialScreen(props: { held: HeldTrial }) {
  const tx = text().trial;
  const { trial } = props.held;
  const { name } = trial;
  const [step, setStep] = useState<Step>();
  const [acknowledged, setAcknowledged] = useState(false);
  const action = useAction();
  const paused = trial.state === TrialState.PAUSED;
  const sidePause = paused && trial.pauses.at(-1)?.cause === Pause_Cause.SIDE_EFFECT;
  const blinded =
    trial.protocol?.design?.blinding === Design_Blinding.BLINDED_BY_HELPER && !trial.unblinding;
  const resume = () => {
    action.run(async () => {
      await client().api.trial.resumeTrial({ name, acknowledgeSideEffect: acknowledged });
      await client().sync();
    });
  };
  const pdf = () => {
    action.run(async () => {
      const page = await client().api.report.renderProtocol({
        trial: name,
        locale: locale(),
        format: DocumentFormat.PDF,
      });
      saveFile(page.content, page.contentType, page.fileName);
    });
  };
  return (
    <Screen title={tx.title} sub={trial.protocol?.title} back="#/settings">
      <Card>
        <dl class="facts">
          <dt>{tx.state}</dt>
          <dd>{tx.states[trial.state]}</dd>
          {trial.startDate && (
            <>
              <dt>{tx.started}</dt>
              <dd>{fullDate(trial.startDate)}</dd>
            </>
          )}
          {trial.lastDate && (
            <>
              <dt>{tx.ends}</dt>
              <dd>{fullDate(trial.lastDate)}</dd>
            </>
          )}
        </dl>
      </Card>
      {props.held.gone && (
        <>
          <Banner kind="warn">{text().rejected.why.TRIAL_NOT_FOUND}</Banner>
          <Button kind="danger" onClick={() => action.run(() => client().forgetTrial(name))}>
            {text().deleteHere}
          </Button>
        </>
      )}
      {sidePause && (
        <>
          <Banner kind="warn">{tx.sidePause}</Banner>
          <Tick checked={acknowledged} onChange={setAcknowledged}>
            {tx.resumeAck}
          </Tick>
        </>
      )}
      {action.fault && <Banner kind="bad">{action.fault}</Banner>}
      <div class="foot stack">
        <Button onClick={pdf} busy={action.busy}>
          {tx.protocol}
        </Button>
        {paused && (
          <Button
            kind="primary"
            onClick={resume}
            busy={action.busy || (sidePause && !acknowledged)}
          >
            {tx.resume}
          </Button>
        )}
        {trial.state === TrialState.RUNNING && (
          <Button onClick={() => setStep('pause')}>{tx.pause}</Button>
        )}
        {isLived(props.held) && blinded && (
          <Button onClick={() => setStep('unblind')}>{tx.unblind}</Button>
        )}
        {isLived(props.held) && (
          <Button kind="danger" onClick={() => setStep('stop')}>
            {tx.stop}
          </Button>
        )}
      </div>
      {step && <ReasonSheet name={name} step={step} onClose={() => setStep(undefined)} />}
    </Screen>
  );
}

function ReasonSheet(props: { name: string; step: Step; onClose: () => void }) {
  const tx = text().trial;
  const [reason, setReason] = useState('');
  const action = useAction();
  const { name, step } = props;
  const api = client().api.trial;
  const does = {
    pause: () => api.pauseTrial({ name, reason }),
    stop: () => api.stopTrial({ name, reason }),
    unblind: () => api.unblindTrial({ name, reason }),
  }[step];
  const title = { pause: tx.pause, stop: tx.stopSure, unblind: tx.unblind }[step];
  return (
    <Sheet title={title} onClose={props.onClose}>
      <p>{{ pause: tx.pauseHint, stop: tx.stopHint, unblind: tx.unblindHint }[step]}</p>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          action.run(async () => {
            await does();
            await client().sync();
            props.onClose();
          });
        }}
      >
        <Field label={tx.reason} value={reason} onInput={setReason} maxLength={500} />
        {action.fault && <Banner kind="bad">{action.fault}</Banner>}
        <Button
          kind={step === 'pause' ? 'primary' : 'danger'}
          submit
          busy={action.busy || (step !== 'pause' && !reason.trim())}
        >
          {title}
        </Button>
      </form>
    </Sheet>
  );
}

/** All trials of the person; tapping one shows it. */
export function TrialsScreen(props: { trials: Trials }) {
  const tx = text();
  return (
    <Screen title={tx.settings.trials} back="#/settings">
      <List>
        {props.trials.all.map(({ trial }) => (
          <Line
            key={trial.name}
            title={trial.protocol?.title}
            sub={tx.trial.states[trial.state]}
            current={trial.name === props.trials.current?.trial.name}
            {...(trial.state === TrialState.DRAFT
              ? {}
              : {
                  onClick: () => {
                    setPreferences({ trial: trial.name });
                    go('today');
                  },
                })}
          />
        ))}
      </List>
    </Screen>
  );
}
