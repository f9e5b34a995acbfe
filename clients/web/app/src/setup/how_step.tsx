import { Design_BlockUnit } from '@solotrial/client';
import { useAction } from '../client';
import { text } from '../text/rest';
import { Banner, Button, Choices, Field, Segments, Tick } from '../ui/parts';
import { Screen } from '../ui/screen';
import type { StepProps } from './setup_screen';
import { draft } from './state';
import { capital } from './symptom_step';
import { unitOf } from './unit';

export function HowStep({ setup, catalog, change, next, frame }: StepProps) {
  const tx = text().setup;
  const what = catalog.interventions.find((one) => one.id === setup.intervention);
  const symptom = catalog.symptoms.find((one) => one.id === setup.symptom);
  const measure = catalog.measures.find(
    (one) => one.measure?.id === symptom?.primaryMeasure,
  )?.measure;
  const forms = catalog.forms.filter((form) => what?.forms.includes(form.id));
  const counted = (what?.count ?? 0) > 0;
  const unit = unitOf(measure?.family);
  const action = useAction();
  const check = () => {
    action.run(async () => {
      await draft(setup); // the engine says what is missing or cannot be
      next();
    });
  };
  return (
    <Screen
      title={tx.howTitle}
      {...frame}
      foot={
        <>
          {action.fault && <Banner kind="bad">{action.fault}</Banner>}
          <Button kind="primary" busy={action.busy} onClick={check}>
            {text().next}
          </Button>
        </>
      }
    >
      {forms.length > 1 && (
        <>
          <Choices
            legend={tx.form}
            showLegend
            value={setup.form || undefined}
            onChange={(form) => change({ form })}
            options={forms.map((form) => ({ value: form.id, title: capital(form.title) }))}
          />
          <p class="small muted">{tx.formHint}</p>
        </>
      )}
      {what && counted && (
        <Field
          label={tx.count(what.countUnit)}
          inputMode="numeric"
          value={setup.count || String(what.count)}
          onInput={(count) => change({ count })}
        />
      )}
      {what && !counted && (
        <>
          <Field
            label={tx.dose}
            inputMode="decimal"
            unit="mg"
            value={setup.dose || (what.doseMg > 0 ? String(what.doseMg) : '')}
            hint={
              what.lowestMg > 0
                ? `${tx.doseUsual(what.lowestMg, what.highestMg)} ${tx.doseHint}`
                : tx.doseHint
            }
            onInput={(dose) => change({ dose })}
          />
          <Tick checked={setup.salt || what.doseOfCompound} onChange={(salt) => change({ salt })}>
            {tx.salt}
          </Tick>
        </>
      )}
      {!what && (
        <Field
          label={tx.onInstruction}
          hint={tx.onExample}
          value={setup.instruction}
          maxLength={500}
          onInput={(instruction) => change({ instruction })}
        />
      )}
      {symptom?.design?.blockUnit === Design_BlockUnit.CYCLES && (
        <Segments
          legend={tx.menstruates}
          value={setup.menstruates || undefined}
          onChange={(menstruates) => change({ menstruates })}
          options={[
            { value: 'yes', title: text().yes },
            { value: 'no', title: text().no },
          ]}
        />
      )}
      <Field
        label={tx.usual}
        hint={`${measure?.question ?? ''} ${tx.usualHint}`}
        unit={tx.usualUnit[unit] ?? unit}
        inputMode="decimal"
        value={setup.usual}
        onInput={(usual) => change({ usual })}
      />
    </Screen>
  );
}
