// One question of a day, and the ways to answer it.
import { create } from '@bufbuild/protobuf';
import {
  Arm,
  CovariateValueSchema,
  DoseSchema,
  DueItem_Kind,
  GuessSchema,
  MarkSchema,
  ScoreSchema,
  type Due,
  type EntryDraft,
  type HeldTrial,
} from '@solotrial/client';
import { useEffect } from 'preact/hooks';
import { question, scaleWords } from '../say';
import { text } from '../text/text';
import { Button } from '../ui/parts';
import { Scale } from '../ui/scale';

export function Question(props: {
  due: Due;
  held: HeldTrial;
  focus: boolean;
  onRecord: (content: EntryDraft['content']) => void;
  onTakeBack: () => void;
  onLeave: (() => void) | undefined;
}) {
  const tx = text();
  const { due, onRecord } = props;
  const { item } = due;
  useEffect(() => {
    if (props.focus) document.getElementById('asked')?.focus();
  }, []);
  const asked = question(due);
  return (
    <>
      <p class="asked" id="asked" tabIndex={-1}>
        {asked}
      </p>
      {item.kind === DueItem_Kind.DOSE ? (
        <Picks
          label={asked}
          options={[
            [1, tx.day.taken],
            [0.5, tx.day.partly],
            [0, tx.day.skipped],
          ]}
          value={
            due.held?.entry.content.case === 'dose'
              ? due.held.entry.content.value.fraction
              : undefined
          }
          onPick={(fraction) => onRecord({ case: 'dose', value: create(DoseSchema, { fraction }) })}
        />
      ) : item.kind === DueItem_Kind.GUESS ? (
        <Picks
          label={asked}
          tall
          options={[
            [Arm.ON, tx.guess.on],
            [Arm.OFF, tx.guess.off],
            [Arm.UNSPECIFIED, tx.guess.unknown],
          ]}
          value={
            due.held?.entry.content.case === 'guess' ? due.held.entry.content.value.arm : undefined
          }
          onPick={(arm) =>
            onRecord({
              case: 'guess',
              value: create(GuessSchema, { blockNumber: item.blockNumber, arm }),
            })
          }
        />
      ) : item.kind === DueItem_Kind.MARK ? (
        !due.held && (
          <Button
            kind="primary"
            onClick={() => onRecord({ case: 'mark', value: create(MarkSchema) })}
          >
            {tx.day.marked}
          </Button>
        )
      ) : (
        <Scale
          label={asked}
          minimum={item.minimum ?? 0}
          maximum={item.maximum}
          whole={item.whole}
          words={scaleWords(props.held.trial.protocol, due)}
          value={due.item.recorded ?? valueOf(due)}
          onChange={(value) =>
            onRecord(
              item.kind === DueItem_Kind.COVARIATE
                ? {
                    case: 'covariate',
                    value: create(CovariateValueSchema, { covariateId: item.id, value }),
                  }
                : { case: 'score', value: create(ScoreSchema, { measureId: item.id, value }) },
            )
          }
        />
      )}
      {due.held && (
        <div class="row wrap">
          <Button compact kind="quiet" onClick={props.onTakeBack}>
            {tx.day.clearAnswer}
          </Button>
          {props.onLeave && (
            <Button compact kind="quiet" onClick={props.onLeave}>
              {tx.done}
            </Button>
          )}
        </div>
      )}
    </>
  );
}

function valueOf(due: Due): number | undefined {
  const content = due.held?.entry.content;
  return content?.case === 'score' || content?.case === 'covariate'
    ? content.value.value
    : undefined;
}

function Picks<T extends number>(props: {
  label: string;
  options: [T, string][];
  value: T | undefined;
  tall?: boolean;
  onPick: (value: T) => void;
}) {
  return (
    <div class={props.tall ? 'stack tight' : 'segments'} role="group" aria-label={props.label}>
      {props.options.map(([value, name]) => (
        <button
          type="button"
          class="segment"
          key={value}
          aria-pressed={props.value === value}
          onClick={() => props.onPick(value)}
        >
          {name}
        </button>
      ))}
    </div>
  );
}
