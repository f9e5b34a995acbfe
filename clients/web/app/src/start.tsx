// Opens the client and draws the first screen, all at once.
import { openClient } from '@solotrial/client';
import { render } from 'preact';
import { App } from './app';
import { faultText, holdClient } from './client';
import { DayScreen, PairScreen } from './lazy_screens';
import { keepInstallPrompt } from './platform';
import { preferences } from './preferences';
import { text } from './text/text';
import { Banner, Button } from './ui/parts';
import { Screen } from './ui/screen';
import { startServiceWorker } from './update';

/** `words` ends when the app can speak. */
export async function start(words: Promise<void>): Promise<void> {
  const root = document.getElementById('app') as HTMLElement;
  keepInstallPrompt();
  // Who comes the first time, without a service worker, will connect this phone.
  const screen = navigator.serviceWorker?.controller ? DayScreen : PairScreen;
  const fetched = screen.fetch().catch(() => undefined); // it is tried again when it is drawn
  const opened = openClient({ locale: preferences().locale });
  opened.catch(() => undefined); // looked at below
  await words;
  await fetched;
  try {
    holdClient(await opened);
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
}
