// Links that show one trial: made, shown once, listed with their openings, ended.
import { timestampMs } from '@bufbuild/protobuf/wkt';
import { ShareLink_Kind, type HeldTrial, type ShareLink } from '@solotrial/client';
import { useState } from 'preact/hooks';
import { client, useAction, useLoaded } from '../client';
import { text } from '../text/rest';
import { instant } from '../text/text';
import { CopyButton, SendButton } from '../ui/copy';
import { Banner, Button, Card, Field, Select } from '../ui/parts';
import { QrCode } from '../ui/qr';
import { Screen } from '../ui/screen';
import { hasEnded } from '../trials';

export function ShareScreen(props: { held: HeldTrial }) {
  const tx = text().share;
  const trial = props.held.trial.name;
  const [label, setLabel] = useState(tx.forWhomDefault);
  const [days, setDays] = useState('30');
  const [made, setMade] = useState<ShareLink>();
  const links = useLoaded(() => client().api.access.listShareLinks({}), [made]);
  const action = useAction();
  const mine = (links.value?.shareLinks ?? []).filter(
    (link) => link.trial === trial && link.kind !== ShareLink_Kind.CALENDAR,
  );
  return (
    <Screen title={tx.title} back={hasEnded(props.held) ? '#/result' : '#/settings'}>
      <p class="muted">{tx.hint}</p>
      {made ? (
        <Made link={made} />
      ) : (
        <form
          class="stack"
          onSubmit={(event) => {
            event.preventDefault();
            action.run(async () => {
              setMade(
                await client().api.access.createShareLink({ trial, label, days: Number(days) }),
              );
            });
          }}
        >
          <Field label={tx.forWhom} value={label} onInput={setLabel} maxLength={60} />
          <Select
            label={tx.days}
            value={days}
            onChange={setDays}
            options={['1', '7', '30', '90', '365'].map((value) => ({
              value,
              title: text().days(Number(value)),
            }))}
          />
          {action.fault && <Banner kind="bad">{action.fault}</Banner>}
          <Button kind="primary" submit busy={action.busy || !label.trim()}>
            {tx.create}
          </Button>
        </form>
      )}
      <section class="stack tight">
        <h2>{tx.list}</h2>
        {links.fault && <Banner kind="warn">{links.fault}</Banner>}
        {links.value && mine.length === 0 && <p class="muted">{tx.none}</p>}
        {mine.map((link) => (
          <LinkCard key={link.name} link={link} onEnded={links.reload} />
        ))}
      </section>
    </Screen>
  );
}

function Made(props: { link: ShareLink }) {
  const tx = text().share;
  const { webLink } = props.link;
  if (!webLink) return <Banner kind="warn">{tx.noWeb}</Banner>;
  return (
    <Card>
      <p class="strong">{tx.ready}</p>
      <QrCode text={webLink} label={webLink} />
      <p class="small muted">{tx.scan}</p>
      <SendButton url={webLink} title="solotrial" label={tx.send} />
      <CopyButton value={webLink} />
    </Card>
  );
}

function LinkCard(props: { link: ShareLink; onEnded: () => void }) {
  const tx = text().share;
  const { link } = props;
  const action = useAction();
  const expires = link.expireTime ? timestampMs(link.expireTime) : 0;
  const ended = link.revokeTime !== undefined;
  return (
    <Card>
      <div class="row">
        <div class="grow">
          <p class="strong">{link.label}</p>
          <p class="small muted">
            {ended ? tx.ended : tx.until(instant(expires))} · {tx.openings(Number(link.openings))}
          </p>
        </div>
        {!ended && (
          <Button
            compact
            busy={action.busy}
            label={`${tx.revoke}: ${link.label}`}
            onClick={() =>
              action.run(async () => {
                await client().api.access.revokeShareLink({ name: link.name });
                props.onEnded();
              })
            }
          >
            {tx.revoke}
          </Button>
        )}
      </div>
      {action.fault && <Banner kind="bad">{action.fault}</Banner>}
    </Card>
  );
}
