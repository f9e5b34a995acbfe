// What follows from the answers: nothing, a warning to read, or a doctor who has to confirm.
import {
  Role,
  SafetyAction,
  SafetyScreen_Outcome,
  type SafetyFinding,
  type SafetyScreen,
} from '@solotrial/client';
import { useState } from 'preact/hooks';
import { client, useAction, useLoaded } from '../client';
import { text } from '../text/rest';
import { Banner, Button, Card, Tick } from '../ui/parts';
import { Screen } from '../ui/screen';
import { InviteCard } from './invite_card';
import type { StepProps } from './setup_screen';
import { draft, storeDraft } from './state';

const outcome = SafetyScreen_Outcome;

export function FoundStep({ setup, change, next, frame }: StepProps) {
  const tx = text();
  const acknowledged = setup.acknowledged.join();
  const drafted = useLoaded(() => draft(setup), [acknowledged]);
  const stored = useLoaded(
    () =>
      setup.trial ? client().api.trial.getTrial({ name: setup.trial }) : Promise.resolve(undefined),
    [setup.trial],
  );
  const action = useAction();
  const [code, setCode] = useState('');
  const screen = drafted.value?.safety;
  const confirmation = stored.value?.safety?.confirmation;
  const confirmed = confirmation !== undefined && !confirmation.isVoid;
  const needsDoctor =
    screen?.outcome === outcome.NEEDS_CLINICIAN || screen?.outcome === outcome.REFUSED;
  const warnings = screen?.findings.filter((one) => one.action === SafetyAction.WARN) ?? [];
  const unread = warnings.filter((one) => !setup.acknowledged.includes(one.finding));
  const invite = () => {
    action.run(async () => {
      const trial = await storeDraft(setup);
      change({ trial });
      const invitation = await client().api.access.createInvitation({
        role: Role.CLINICIAN,
        trial,
      });
      setCode(invitation.code);
    });
  };
  return (
    <Screen
      title={tx.setup.foundTitle}
      {...frame}
      foot={
        <>
          {action.fault && <Banner kind="bad">{action.fault}</Banner>}
          {needsDoctor && !confirmed && !code && (
            <Button onClick={invite} busy={action.busy}>
              {tx.setup.invite}
            </Button>
          )}
          {needsDoctor && !confirmed && (code || setup.trial) && (
            <Button onClick={stored.reload}>{tx.setup.check}</Button>
          )}
          <Button
            kind="primary"
            busy={!screen || unread.length > 0 || (needsDoctor && !confirmed)}
            onClick={() => next()}
          >
            {tx.next}
          </Button>
        </>
      }
    >
      {drafted.fault && <Banner kind="bad">{drafted.fault}</Banner>}
      {!screen && !drafted.fault && <p class="muted">{tx.loading}</p>}
      {screen && <Outcome screen={screen} />}
      {confirmed && <Banner kind="good">{tx.setup.confirmedBy(confirmation.attestation)}</Banner>}
      {screen?.findings.map((finding) => (
        <Finding
          key={finding.finding}
          finding={finding}
          read={setup.acknowledged.includes(finding.finding)}
          onRead={(read) =>
            change({
              acknowledged: read
                ? [...setup.acknowledged, finding.finding]
                : setup.acknowledged.filter((one) => one !== finding.finding),
            })
          }
        />
      ))}
      {code && !confirmed && <InviteCard code={code} hint={tx.setup.inviteHint} />}
      <Banner>{tx.advice}</Banner>
    </Screen>
  );
}

function Outcome(props: { screen: SafetyScreen }) {
  const tx = text().setup;
  switch (props.screen.outcome) {
    case outcome.CLEAR:
      return <Banner kind="good">{tx.clear}</Banner>;
    case outcome.NOT_SCREENED:
      return <Banner kind="warn">{tx.notScreened}</Banner>;
    case outcome.REFUSED:
      return <Banner kind="bad">{tx.refusedText}</Banner>;
    case outcome.NEEDS_CLINICIAN:
      return <Banner kind="warn">{tx.clinicianText}</Banner>;
    default:
      return <Banner kind="warn">{tx.warned}</Banner>;
  }
}

function Finding(props: {
  finding: SafetyFinding;
  read: boolean;
  onRead: (read: boolean) => void;
}) {
  const { finding } = props;
  return (
    <Card>
      <p class="strong">{finding.reason}</p>
      <p>{finding.advice}</p>
      {finding.notSure && <p class="small muted">{text().notSure}</p>}
      {finding.action === SafetyAction.WARN && (
        <Tick checked={props.read} onChange={props.onRead}>
          {text().setup.ack}
        </Tick>
      )}
    </Card>
  );
}
