import { text } from '../text/rest';
import { Button, Choices, Field } from '../ui/parts';
import { Screen } from '../ui/screen';
import type { StepProps } from './setup_screen';
import { capital } from './symptom_step';

const own = 'own';

export function WhatStep({ setup, catalog, change, next, frame }: StepProps) {
  const tx = text().setup;
  const isOwn = setup.intervention === own;
  const ready = isOwn ? setup.own.trim() !== '' : setup.intervention !== '';
  return (
    <Screen
      title={tx.whatTitle}
      {...frame}
      foot={
        <>
          {isOwn && (
            <Field
              label={tx.ownLabel}
              value={setup.own}
              maxLength={100}
              onInput={(words) => change({ own: words })}
            />
          )}
          <Button kind="primary" busy={!ready} onClick={() => next()}>
            {text().next}
          </Button>
        </>
      }
    >
      <p class="small muted">
        {tx.saidBy} {text().advice}
      </p>
      <Choices
        legend={tx.whatTitle}
        value={setup.intervention || undefined}
        onChange={(intervention) =>
          change({
            intervention,
            own: '',
            form: '',
            dose: '',
            salt: false,
            count: '',
            instruction: '',
            length: undefined,
          })
        }
        options={[
          ...catalog.interventions.map((one) => ({
            value: one.id,
            title: capital(one.title),
            sub: `${capital(one.said)}${one.needsClinician ? ` ${tx.needsClinician}.` : ''}`,
          })),
          { value: own, title: tx.own, sub: tx.ownHint },
        ]}
      />
    </Screen>
  );
}
