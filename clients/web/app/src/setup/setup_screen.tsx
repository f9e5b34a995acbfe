// Setting up a trial, like a conversation: one question a screen, at most eight, to be left and gone
// on with at any time.
import type { Catalog } from '@solotrial/client';
import { useEffect, useState } from 'preact/hooks';
import { client, useLoaded } from '../client';
import { go } from '../router';
import { text } from '../text/rest';
import { locale } from '../text/text';
import { Banner, Button, Card } from '../ui/parts';
import { Icon } from '../ui/icon';
import { Screen } from '../ui/screen';
import { FoundStep } from './found_step';
import { HowStep } from './how_step';
import { LengthStep } from './length_step';
import { ReviewStep } from './review_step';
import { SafetyStep } from './safety_step';
import { StartStep } from './start_step';
import { clearSetup, keepSetup, readSetup, steps, type Setup } from './state';
import { SymptomStep } from './symptom_step';
import { WhatStep } from './what_step';

export interface StepProps {
  setup: Setup;
  catalog: Catalog;
  /** Keeps what was said. */
  change: (changed: Partial<Setup>) => void;
  /** On to the next screen, keeping what was said. */
  next: (changed?: Partial<Setup>) => void;
  frame: { sub: string; back: () => void; stick: boolean };
}

export function SetupScreen(props: { first: boolean }) {
  const tx = text();
  const [setup, setSetup] = useState<Setup>(readSetup);
  const [begun, setBegun] = useState(!props.first && setup.step === 0);
  const catalog = useLoaded(
    () => client().api.catalog.listCatalog({ locale: locale() }),
    [locale()],
  );
  useEffect(() => {
    keepSetup(setup);
  }, [setup]);

  if (!begun) {
    const started = setup.step > 0;
    return (
      <Screen
        title={tx.setup.title}
        back={props.first ? undefined : '#/settings'}
        side={
          <a class="icon-button" href="#/settings" aria-label={tx.navSettings}>
            <Icon name="settings" />
          </a>
        }
        foot={
          <>
            {catalog.fault && <Banner kind="bad">{catalog.fault}</Banner>}
            {catalog.fault && <Button onClick={catalog.reload}>{tx.tryAgain}</Button>}
            <Button kind="primary" onClick={() => setBegun(true)} busy={!catalog.value}>
              {started ? tx.setup.goOn : tx.setup.begin}
            </Button>
            {started && (
              <Button
                kind="quiet"
                onClick={() => {
                  setSetup(clearSetup());
                  setBegun(true);
                }}
              >
                {tx.setup.startOver}
              </Button>
            )}
          </>
        }
      >
        <Card>
          <p class="big">{tx.setup.welcome}</p>
          <p>{tx.setup.welcome2}</p>
        </Card>
        <Banner kind="warn">{tx.advice}</Banner>
      </Screen>
    );
  }
  if (!catalog.value) {
    return (
      <Screen title={tx.setup.title}>
        {catalog.fault ? (
          <>
            <Banner kind="bad">{catalog.fault}</Banner>
            <Button onClick={catalog.reload}>{tx.tryAgain}</Button>
          </>
        ) : (
          <p class="muted">{tx.loading}</p>
        )}
      </Screen>
    );
  }

  const change = (changed: Partial<Setup>) => setSetup((last) => ({ ...last, ...changed }));
  const shared: StepProps = {
    setup,
    catalog: catalog.value,
    change,
    next: (changed) => change({ ...changed, step: Math.min(steps - 1, setup.step + 1) }),
    frame: {
      stick: true,
      sub: tx.setup.step(setup.step + 1, steps),
      back: () => {
        if (setup.step > 0) change({ step: setup.step - 1 });
        else if (props.first) setBegun(false);
        else go('settings');
      },
    },
  };
  const Step = [
    SymptomStep,
    WhatStep,
    HowStep,
    SafetyStep,
    FoundStep,
    LengthStep,
    ReviewStep,
    StartStep,
  ][setup.step] as (props: StepProps) => preact.JSX.Element;
  return <Step key={setup.step} {...shared} />;
}
