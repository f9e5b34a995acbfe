import { text } from '../text/rest';
import { Button, Choices } from '../ui/parts';
import { Screen } from '../ui/screen';
import type { StepProps } from './setup_screen';

export function SymptomStep({ setup, catalog, change, next, frame }: StepProps) {
  const tx = text();
  return (
    <Screen
      title={tx.setup.symptomTitle}
      {...frame}
      foot={
        <Button kind="primary" busy={!setup.symptom} onClick={() => next()}>
          {tx.next}
        </Button>
      }
    >
      <Choices
        legend={tx.setup.symptomTitle}
        value={setup.symptom || undefined}
        onChange={(symptom) => change({ symptom, usual: '', menstruates: '', length: undefined })}
        options={catalog.symptoms.map((one) => ({ value: one.id, title: capital(one.title) }))}
      />
    </Screen>
  );
}

export const capital = (words: string) => words.charAt(0).toLocaleUpperCase() + words.slice(1);
