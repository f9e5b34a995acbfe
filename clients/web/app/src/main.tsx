import './style/index.css';
import { openClient } from '@solotrial/client';
import { render } from 'preact';
import { App } from './app';
import { faultText, holdClient } from './client';
import { keepInstallPrompt } from './platform';
import { applyPreferences, preferences } from './preferences';
import { setTextLocale, text } from './text/text';
import { Banner, Button } from './ui/parts';
import { Screen } from './ui/screen';
import { startServiceWorker } from './update';

applyPreferences();
keepInstallPrompt();
const root = document.getElementById('app') as HTMLElement;

try {
  await setTextLocale(preferences().locale).catch(() => undefined); // no network: English
  holdClient(await openClient({ locale: preferences().locale }));
  root.replaceChildren();
  render(<App />, root);
} catch (error) {
  root.replaceChildren();
  render(
    <Screen
      title="solotrial"
      foot={<Button onClick={() => location.reload()}>{text().tryAgain}</Button>}
    >
      <Banner kind="bad">{faultText(error)}</Banner>
    </Screen>,
    root,
  );
}
startServiceWorker().catch(() => undefined); // no worker: the app works, but only with a network
