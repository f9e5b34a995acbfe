// The whole plan before it is fixed, and who shall know what is taken.
import { clone } from '@bufbuild/protobuf';
import { ProtocolSchema, Role, type ProtocolDraft } from '@solotrial/client';
import { useState } from 'preact/hooks';
import { client, useAction, useLoaded } from '../client';
import { text } from '../text/rest';
import { number } from '../text/text';
import { Banner, Button, Card, Choices, Field } from '../ui/parts';
import { Screen } from '../ui/screen';
import { InviteCard } from './invite_card';
import type { StepProps } from './setup_screen';
import { chosen, draft, storeDraft } from './state';
import { unitOf } from './unit';

export function ReviewStep({ setup, change, next, frame }: StepProps) {
  const tx = text();
  const drafted = useLoaded(() => draft(setup), []);
  const action = useAction();
  const [code, setCode] = useState('');
  const helper = useLoaded(async () => {
    if (!setup.trial || !setup.blinded) return false;
    const { devices } = await client().api.access.listDevices({});
    return devices.some((one) => one.role === Role.HELPER && one.trial === setup.trial);
  }, [setup.trial, setup.blinded, code]);

  const invite = () => {
    action.run(async () => {
      const trial = await storeDraft(setup);
      change({ trial });
      const invitation = await client().api.access.createInvitation({ role: Role.HELPER, trial });
      setCode(invitation.code);
    });
  };
  const store = () => {
    action.run(async () => {
      const trial = await storeDraft(setup);
      next({ trial });
    });
  };
  const waits = setup.blinded && helper.value !== true;
  return (
    <Screen
      title={tx.setup.reviewTitle}
      {...frame}
      foot={
        <>
          {action.fault && <Banner kind="bad">{action.fault}</Banner>}
          {waits && (
            <>
              {!code && (
                <Button busy={action.busy || !setup.offInstruction.trim()} onClick={invite}>
                  {tx.setup.inviteHelper}
                </Button>
              )}
              {setup.trial && <Button onClick={helper.reload}>{tx.setup.check}</Button>}
            </>
          )}
          <Button kind="primary" busy={action.busy || !drafted.value || waits} onClick={store}>
            {tx.next}
          </Button>
        </>
      }
    >
      {drafted.fault && <Banner kind="bad">{drafted.fault}</Banner>}
      {drafted.value && <PlanCard drafted={drafted.value} setup={setup} />}
      <h2>{tx.setup.blindTitle}</h2>
      <Choices
        legend={tx.setup.blindTitle}
        value={setup.blinded ? 'blinded' : 'open'}
        onChange={(who) => change({ blinded: who === 'blinded' })}
        options={[
          { value: 'open', title: tx.setup.open, sub: tx.setup.openHint },
          { value: 'blinded', title: tx.setup.blinded, sub: tx.setup.blindedHint },
        ]}
      />
      {setup.blinded && (
        <Field
          label={tx.setup.offInstruction}
          hint={tx.setup.offExample}
          value={setup.offInstruction}
          maxLength={500}
          onInput={(offInstruction) => change({ offInstruction })}
        />
      )}
      {code && waits && <InviteCard code={code} hint={tx.setup.helperHint} />}
      {setup.blinded && setup.trial && (
        <Banner kind={helper.value ? 'good' : 'info'}>
          {helper.value ? tx.setup.helperAccepted : tx.setup.helperWaiting}
        </Banner>
      )}
    </Screen>
  );
}

function PlanCard(props: { drafted: ProtocolDraft; setup: StepProps['setup'] }) {
  const tx = text().setup;
  const { setup } = props;
  if (!props.drafted.protocol) return null;
  const protocol = chosen(clone(ProtocolSchema, props.drafted.protocol), setup);
  const { design, intervention, measures } = protocol;
  const primary = measures.find((measure) => measure.primary) ?? measures[0];
  const total = (design?.runInDays ?? 0) + 2 * (design?.pairs ?? 0) * (design?.blockDays ?? 0);
  const facts: [string, string][] = [
    [tx.onDays, intervention?.steps[0]?.instruction || intervention?.onInstruction || ''],
    [tx.offDays, intervention?.offInstruction || tx.nothing],
    [tx.everyDay, measures.map((measure) => measure.question || measure.id).join(' ')],
    [tx.length, `${tx.lengthOf(total)}: ${tx.blocks(design?.pairs ?? 0, design?.blockDays ?? 0)}`],
    [
      tx.matters,
      `${number(primary?.minimalImportantDifference ?? 0)} ${tx.usualUnit[unitOf(primary?.family)] ?? ''}`,
    ],
    [tx.zone, protocol.timeZone],
  ];
  return (
    <Card>
      <p class="big">{protocol.title}</p>
      <dl class="stack tight">
        {facts.map(([label, words]) => (
          <div key={label}>
            <dt class="small muted">{label}</dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
      <details>
        <summary>{tx.why}</summary>
        <ul class="stack tight small">
          {props.drafted.reasons.map((reason) => (
            <li key={reason.field}>{reason.text}</li>
          ))}
        </ul>
      </details>
    </Card>
  );
}
