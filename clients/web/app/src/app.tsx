// Which screen is shown: by who holds this phone's credential, by the trial, and by the address.
import type { ComponentChildren } from 'preact';
import { Role } from '@solotrial/client';
import { useEffect, useReducer, useState } from 'preact/hooks';
import { client, useClientState } from './client';
import {
  ClinicianScreen,
  DayScreen,
  DaysScreen,
  HelperScreen,
  PairScreen,
  PhraseScreen,
  ProgressScreen,
  RejectedScreen,
  ResultScreen,
  SettingsRoute,
  SetupScreen,
} from './lazy_screens';
import { phraseToWrite, phraseWritten } from './phrase';
import { useRemindersHere } from './reminders_here';
import { arrivedCode, go, useRoute } from './router';
import { text } from './text/text';
import { hasEnded, useTrials } from './trials';
import { ConfirmSheet } from './ui/confirm_sheet';
import { Icon, type IconName } from './ui/icon';
import { Banner } from './ui/parts';
import { Screen } from './ui/screen';
import { UpdateBanner } from './update';

export function App() {
  const state = useClientState();
  const [, drawAgain] = useReducer((count: number) => count + 1, 0);
  const route = useRoute();
  const [connecting, setConnecting] = useState(false);
  useEffect(() => {
    // The trial's day may have changed while the app lay in a pocket.
    const wake = () => {
      if (document.visibilityState === 'visible') void client().sync();
    };
    document.addEventListener('visibilitychange', wake);
    return () => document.removeEventListener('visibilitychange', wake);
  }, []);
  const written = () => {
    phraseWritten();
    go('', true);
    drawAgain(undefined);
  };
  const unpaired = state.pairing === 'UNPAIRED';
  const deleted = state.pairing === 'DELETED_ON_ENGINE' || (unpaired && route[0] === 'deleted');
  const again = route[0] === 'connect';
  if (deleted || unpaired || connecting || arrivedCode() || again) {
    return <PairScreen deleted={deleted} again={again} onConnecting={setConnecting} />;
  }
  const phrase = phraseToWrite();
  if (phrase) return <PhraseScreen phrase={phrase} onDone={written} />;
  if (state.role === Role.CLINICIAN) return <ClinicianScreen trial={state.deviceTrial} />;
  if (state.role === Role.HELPER) return <HelperScreen trial={state.deviceTrial} />;
  return (
    <>
      <UpdateBanner />
      <Person route={route} onLanguage={() => drawAgain(undefined)} />
      <ConfirmSheet />
    </>
  );
}

function Person(props: { route: string[]; onLanguage: () => void }) {
  const trials = useTrials();
  const held = trials.value?.current;
  const [first, second] = props.route;
  useRemindersHere(held);
  if (!trials.value) {
    return (
      <Screen title="solotrial">
        {trials.fault ? (
          <Banner kind="bad">{trials.fault}</Banner>
        ) : (
          <p class="muted">{text().loading}</p>
        )}
      </Screen>
    );
  }
  if (first === 'setup') return <SetupScreen first={false} />;
  if (first === 'settings') {
    return (
      <WithNav at="settings" ended={held !== undefined && hasEnded(held)}>
        <SettingsRoute
          place={second}
          detail={props.route[2]}
          trials={trials.value}
          held={held}
          onLanguage={props.onLanguage}
        />
      </WithNav>
    );
  }
  if (!held) {
    return <SetupScreen first />;
  }
  const ended = hasEnded(held);
  const [at, screen] =
    first === 'day' && second
      ? (['days', <DayScreen key={second} held={held} date={second} />] as const)
      : first === 'days'
        ? (['days', <DaysScreen held={held} />] as const)
        : first === 'rejected'
          ? (['today', <RejectedScreen />] as const)
          : first === 'progress' && !ended
            ? (['progress', <ProgressScreen held={held} />] as const)
            : first === 'result' || (ended && first !== 'today')
              ? (['progress', <ResultScreen held={held} />] as const)
              : (['today', <DayScreen key="today" held={held} />] as const);
  return (
    <WithNav at={at} ended={ended}>
      {screen}
    </WithNav>
  );
}

type Place = 'today' | 'days' | 'progress' | 'settings';

function WithNav(props: { at: Place; ended: boolean; children: ComponentChildren }) {
  const tx = text();
  const places: [Place, string, IconName, string][] = [
    ['today', tx.navToday, 'today', '#/today'],
    ['days', tx.navDays, 'days', '#/days'],
    props.ended
      ? ['progress', tx.navResult, 'progress', '#/result']
      : ['progress', tx.navProgress, 'progress', '#/progress'],
    ['settings', tx.navSettings, 'settings', '#/settings'],
  ];
  return (
    <>
      {props.children}
      <nav class="nav" aria-label={tx.navMain}>
        {places.map(([place, name, icon, href]) => (
          <a key={place} href={href} aria-current={place === props.at ? 'page' : undefined}>
            <Icon name={icon} />
            {name}
          </a>
        ))}
      </nav>
    </>
  );
}
