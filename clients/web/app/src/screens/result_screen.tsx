// The answer: the engine's sentence, how sure it is, the picture, and what it does not say.
import { DocumentFormat, type HeldTrial, type TrialSummary } from '@solotrial/client';
import { useState } from 'preact/hooks';
import { client, useAction, useLoaded } from '../client';
import { text } from '../text/rest';
import { locale, number } from '../text/text';
import { saveFile } from '../ui/copy';
import { Banner, Button, Card } from '../ui/parts';
import { Screen } from '../ui/screen';
import { BlocksFigure } from '../ui/blocks_figure';

export function ResultScreen(props: { held: HeldTrial }) {
  const tx = text();
  const trial = props.held.trial.name;
  const summary = useLoaded(
    () => client().api.report.getSummary({ trial, locale: locale() }),
    [trial, locale()],
  );
  const action = useAction();
  const pdf = () => {
    action.run(async () => {
      const page = await client().api.report.renderSummary({
        trial,
        locale: locale(),
        format: DocumentFormat.PDF,
      });
      saveFile(page.content, page.contentType, page.fileName);
    });
  };
  const result = summary.value?.result;
  return (
    <Screen
      title={tx.result.title}
      sub={props.held.trial.protocol?.title}
      foot={
        <>
          {action.fault && <Banner kind="bad">{action.fault}</Banner>}
          <Button kind="primary" icon="share" href="#/settings/share">
            {tx.result.share}
          </Button>
          <Button onClick={pdf} busy={action.busy}>
            {tx.result.pdf}
          </Button>
          <OrderCheck held={props.held} />
          <Button kind="quiet" href="#/setup">
            {tx.result.again}
          </Button>
        </>
      }
    >
      {summary.fault && (
        <>
          <Banner kind="warn">
            <p>{summary.fault}</p>
            <p>{tx.needsNetwork}</p>
          </Banner>
          <Button onClick={summary.reload}>{tx.tryAgain}</Button>
        </>
      )}
      {!summary.value && !summary.fault && <p class="muted">{tx.loading}</p>}
      {summary.value && !result && (
        <Card>
          <p class="big">{tx.result.notYet}</p>
          <p>{tx.result.notYetHint}</p>
        </Card>
      )}
      {summary.value && result && <Answer summary={summary.value} />}
    </Screen>
  );
}

/** Whether the order that was lived is the one that was sealed at the start. */
function OrderCheck(props: { held: HeldTrial }) {
  const tx = text().result;
  const [good, setGood] = useState<boolean>();
  const action = useAction();
  const name = props.held.trial.name;
  const check = () => {
    action.run(async () => {
      const api = client().api.trial;
      const revealed = await api.getTrial({ name });
      const schedule = await api.getSchedule({ name });
      // The seal of the start, as this phone has kept it.
      const { commitment } = props.held.trial;
      const told = await api.verifyOrder({ revealed, schedule, commitment });
      setGood(told.protocolDigestMatches && told.commitmentMatches && told.orderMatches);
    });
  };
  return (
    <>
      {action.fault && <Banner kind="bad">{action.fault}</Banner>}
      {good !== undefined && (
        <Banner kind={good ? 'good' : 'bad'}>{good ? tx.orderGood : tx.orderBad}</Banner>
      )}
      {good === undefined && (
        <Button onClick={check} busy={action.busy}>
          {tx.order}
        </Button>
      )}
    </>
  );
}

function Answer(props: { summary: TrialSummary }) {
  const tx = text().result;
  const { summary } = props;
  const { result } = summary;
  const benefit = result?.benefit;
  const unit = text().setup.usualUnit[benefit?.unit ?? ''] ?? benefit?.unit ?? '';
  const verdict = result?.verdict;
  const harms = result?.harms;
  const guesses = result?.sensitivity?.blinding;
  const count = (arm: { mild: number; moderate: number; severe: number } | undefined) =>
    (arm?.mild ?? 0) + (arm?.moderate ?? 0) + (arm?.severe ?? 0);
  return (
    <>
      {summary.manualClock && <Banner kind="warn">{tx.manual}</Banner>}
      <Card>
        <p class="big">{verdict?.sentence}</p>
      </Card>
      <section class="stack tight">
        <h2>{tx.sure}</h2>
        <dl class="facts">
          <Chance words={tx.pImportant} value={benefit?.pImportant} />
          <Chance words={tx.pAny} value={benefit?.pAny} />
          <Chance words={tx.pWorse} value={benefit?.pWorse} />
        </dl>
        {benefit?.q025 !== undefined && benefit.q975 !== undefined && (
          <p>
            {tx.benefit}: {tx.between(number(benefit.q025), number(benefit.q975), unit)}. {tx.minus}
          </p>
        )}
      </section>
      {summary.blockMeans.length > 0 && (
        <section class="stack tight">
          <h2>{tx.picture}</h2>
          <BlocksFigure summary={summary} />
          <p class="small muted">{tx.pictureHint}</p>
        </section>
      )}
      {(harms ?? guesses) && (
        <dl class="facts">
          {harms && (
            <>
              <dt>{tx.harms}</dt>
              <dd>{tx.harmsValue(count(harms.on), count(harms.off))}</dd>
            </>
          )}
          {guesses?.guesses ? (
            <>
              <dt>{tx.guesses}</dt>
              <dd>{tx.guessesValue(guesses.right ?? 0, guesses.guesses)}</dd>
            </>
          ) : null}
        </dl>
      )}
      <section class="stack tight">
        <h2>{tx.says}</h2>
        <ul class="steps plain stack tight">
          {verdict?.remarks.map((remark) => (
            <li key={remark.id}>{remark.text}</li>
          ))}
          {tx.saysList.map((words) => (
            <li key={words}>{words}</li>
          ))}
        </ul>
      </section>
    </>
  );
}

/** A probability in words of a hundred, never 0 or 100. */
function Chance(props: { words: string; value: number | undefined }) {
  const tx = text().result;
  if (props.value === undefined) return null;
  const said =
    props.value < 0.05
      ? tx.under1
      : props.value > 0.95
        ? tx.over9
        : tx.inHundred(Math.round(100 * props.value));
  return (
    <>
      <dt>{props.words}</dt>
      <dd class="strong">{said}</dd>
    </>
  );
}
