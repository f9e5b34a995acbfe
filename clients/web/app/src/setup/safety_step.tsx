import { text } from '../text/rest';
import { Button, Card, Segments } from '../ui/parts';
import { Screen } from '../ui/screen';
import type { StepProps } from './setup_screen';
import type { Answered } from './state';

export function SafetyStep({ setup, catalog, change, next, frame }: StepProps) {
  const tx = text();
  const questions = catalog.findings.filter((finding) => finding.question);
  const open = questions.filter((finding) => !setup.answers[finding.id]);
  const options: { value: Answered; title: string }[] = [
    { value: 'NO', title: tx.no },
    { value: 'YES', title: tx.yes },
    { value: 'NOT_SURE', title: tx.notSure },
  ];
  const restNo = () =>
    change({
      answers: {
        ...setup.answers,
        ...Object.fromEntries(open.map((finding) => [finding.id, 'NO' as const])),
      },
    });
  return (
    <Screen
      title={tx.setup.safetyTitle}
      {...frame}
      foot={
        <>
          {open.length > 0 && (
            <>
              <p class="small muted" role="status">
                {tx.setup.openQuestions(open.length)}
              </p>
              <Button onClick={restNo}>{tx.setup.restNo}</Button>
            </>
          )}
          <Button kind="primary" busy={open.length > 0 || !setup.region} onClick={() => next()}>
            {tx.next}
          </Button>
        </>
      }
    >
      <p class="muted">
        {tx.setup.safetyHint} {tx.advice}
      </p>
      <Card>
        <Segments
          legend={tx.setup.region}
          value={setup.region || undefined}
          onChange={(region) => change({ region })}
          options={[
            { value: 'EU', title: tx.setup.regionEU },
            { value: 'US', title: tx.setup.regionUS },
          ]}
        />
      </Card>
      {questions.map((finding) => (
        <Card key={finding.id}>
          <Segments<Answered>
            legend={finding.question}
            value={setup.answers[finding.id]}
            onChange={(answer) => change({ answers: { ...setup.answers, [finding.id]: answer } })}
            options={options}
          />
        </Card>
      ))}
    </Screen>
  );
}
