import type { HeldTrial } from '@solotrial/client';
import { client, useClientState, useLoaded } from '../client';
import { installPrompt, isStandalone } from '../platform';
import { text } from '../text/rest';
import { instant, languages, locale } from '../text/text';
import { Banner, Button, Line, List } from '../ui/parts';
import { Screen } from '../ui/screen';
import { SyncState } from '../ui/sync_state';
import { isLived, type Trials } from '../trials';
import { phoneZone, trialZone } from '../screens/zone_hint';

declare const APP_VERSION: string;

export function SettingsScreen(props: { trials: Trials; held: HeldTrial | undefined }) {
  const tx = text().settings;
  const state = useClientState();
  const { held, trials } = props;
  const asks =
    useLoaded(() => client().api.access.listApprovals({}), []).value?.approvals.length ?? 0;
  const server = useLoaded(() => client().api.server.getServerInfo({}), []).value;
  const prompt = installPrompt();
  return (
    <Screen title={tx.title} side={<SyncState />}>
      {asks > 0 && (
        <List>
          <Line icon="warn" title={text().approvals.title} href="#/settings/approvals" />
        </List>
      )}
      {state.persisted === false && <Banner kind="warn">{text().notKept}</Banner>}
      <List label={tx.trial}>
        {held && <Line title={tx.trial} sub={held.trial.protocol?.title} href="#/settings/trial" />}
        {trials.all.length > 1 && <Line title={tx.trials} href="#/settings/trials" />}
        {!trials.all.some(isLived) && <Line title={text().trial.new} href="#/setup" />}
        {held && <Line title={tx.share} href="#/settings/share" />}
        {held && isLived(held) && <Line title={tx.reminders} href="#/settings/reminders" />}
        {held && isLived(held) && (
          <Line
            title={tx.zone}
            sub={trialZone(held, '9999') || phoneZone()}
            href="#/settings/zone"
          />
        )}
      </List>
      <List>
        <Line title={tx.look} href="#/settings/look" />
        <Line
          title={tx.language}
          sub={languages.find((one) => one.value === locale())?.title}
          href="#/settings/language"
        />
        {prompt && !isStandalone() && (
          <Line title={tx.install} onClick={() => void prompt.prompt()} />
        )}
      </List>
      <List>
        <Line title={tx.devices} href="#/settings/devices" />
        {asks === 0 && <Line title={text().approvals.title} href="#/settings/approvals" />}
        <Line title={tx.recovery} href="#/settings/recovery" />
        <Line title={tx.data} href="#/settings/data" />
        <Line title={tx.deleteAll} href="#/settings/delete" />
      </List>
      <div class="stack tight small muted">
        <p>{tx.lastSync(state.lastSync === undefined ? tx.never : instant(state.lastSync))}</p>
        {state.waiting > 0 && <p>{text().waiting(state.waiting)}</p>}
        <Button compact busy={state.syncing} onClick={() => void client().sync()}>
          {state.syncing ? text().sending : tx.sync}
        </Button>
        <p>{tx.version(APP_VERSION, server?.engineVersion ?? '–')}</p>
        {server?.manualClock && <p>{tx.rehearsal}</p>}
        <p>{text().advice}</p>
      </div>
    </Screen>
  );
}
