// How long: the planner lives many trials of a few lengths, and what came of them is shown in tens.
import { PlanCell_Truth, type Plan, type PlanCandidate } from '@solotrial/client';
import { useEffect, useState } from 'preact/hooks';
import { client, faultText, reasonOf } from '../client';
import { text } from '../text/rest';
import { Banner, Button } from '../ui/parts';
import { Dots, inTen } from '../ui/dots';
import { Screen } from '../ui/screen';
import type { StepProps } from './setup_screen';
import { chosen, draft, type Length, type Setup } from './state';

// Tenths come out right to about one dot, in a time that somebody waits for.
const simulatedTrials = 60;

function usePlan(setup: Setup): { plan: Plan | undefined; fault: string | undefined } {
  const [plan, setPlan] = useState<Plan>();
  const [fault, setFault] = useState<string>();
  useEffect(() => {
    const stop = new AbortController();
    const follow = async () => {
      const { protocol } = await draft(setup);
      if (!protocol) return;
      const own = chosen(protocol, { ...setup, length: undefined, blinded: false });
      const usual = Number(setup.usual.replace(',', '.'));
      const assumptions =
        setup.usual.trim() !== '' && Number.isFinite(usual)
          ? { assumptions: { typicalScore: usual } }
          : {};
      const request = { protocol: own, trials: simulatedTrials, ...assumptions };
      for await (const message of client().api.plan.planTrial(request, { signal: stop.signal })) {
        setPlan(message);
      }
    };
    follow().catch((error: unknown) => {
      if (!stop.signal.aborted && reasonOf(error) !== 'CANCELLED') setFault(faultText(error));
    });
    return () => stop.abort();
  }, []);
  return { plan, fault };
}

const lengthOf = (candidate: PlanCandidate): Length => ({
  blockDays: candidate.design?.blockDays ?? 0,
  pairs: candidate.design?.pairs ?? 0,
  runInDays: candidate.design?.runInDays ?? 0,
});
const same = (a: Length | undefined, b: Length) =>
  a?.blockDays === b.blockDays && a.pairs === b.pairs && a.runInDays === b.runInDays;

export function LengthStep({ setup, change, next, frame }: StepProps) {
  const tx = text().setup;
  const { plan, fault } = usePlan(setup);
  const candidates = plan?.candidates ?? [];
  const done = (plan?.progress ?? 0) >= 1;
  const suggested =
    done && plan?.recommended !== undefined ? candidates[plan.recommended] : undefined;
  return (
    <Screen
      title={tx.lengthTitle}
      {...frame}
      foot={
        <>
          {fault && <Banner kind="bad">{fault}</Banner>}
          {!done && !fault && (
            <p class="small muted" role="status">
              {tx.computing} {Math.round(100 * (plan?.progress ?? 0))} %
            </p>
          )}
          <Button kind="primary" busy={!setup.length && !fault} onClick={() => next()}>
            {text().next}
          </Button>
        </>
      }
    >
      <p class="muted">{tx.lengthHint}</p>
      {plan?.likelyUndecided && <Banner kind="warn">{tx.likelyOpen}</Banner>}
      <fieldset class="choices">
        <legend class="hidden">{tx.lengthTitle}</legend>
        {[...candidates]
          .sort((a, b) => a.days - b.days)
          .map((candidate) => {
            const length = lengthOf(candidate);
            return (
              <label class="choice top" key={`${length.pairs}/${length.blockDays}`}>
                <input
                  type="radio"
                  name="length"
                  checked={same(setup.length, length)}
                  onChange={() => change({ length })}
                />
                <span class="words stack tight">
                  <span class="row wrap">
                    <span class="strong">{tx.lengthOf(candidate.days)}</span>
                    {candidate === suggested && <span class="badge">{tx.recommended}</span>}
                  </span>
                  <span class="small muted">
                    {tx.blocks(length.pairs, length.blockDays)}
                    {length.runInDays > 0 && `; ${tx.runIn(length.runInDays)}`}
                  </span>
                  <Chances candidate={candidate} />
                </span>
              </label>
            );
          })}
      </fieldset>
    </Screen>
  );
}

function Chances(props: { candidate: PlanCandidate }) {
  const tx = text().setup;
  const shown: [PlanCell_Truth, string][] = [
    [PlanCell_Truth.TWICE_THE_DIFFERENCE, tx.ifHelpsMuch],
    [PlanCell_Truth.THE_DIFFERENCE, tx.ifHelps],
    [PlanCell_Truth.NOTHING, tx.ifNothing],
  ];
  return (
    <>
      {shown.map(([truth, words]) => {
        const cell = props.candidate.cells.find((one) => one.truth === truth);
        const right = cell?.right?.probability;
        const wrong = cell?.wrong?.probability;
        if (right === undefined || wrong === undefined) return null;
        const [found = 0, bad = 0, open = 0] = inTen([
          right,
          wrong,
          Math.max(0, 1 - right - wrong),
        ]);
        return (
          <span class="stack tight" key={truth}>
            <span class="small strong">{words}</span>
            <Dots right={found} open={open} wrong={bad} />
            <span class="small muted">{tx.inTen(found, open, bad)}</span>
          </span>
        );
      })}
    </>
  );
}
