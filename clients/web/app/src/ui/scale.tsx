// One value on a scale, under the thumb: large numbers for short scales, a slider with words for
// long ones, plus and minus for counts.
import { useRef, useState } from 'preact/hooks';
import { number, text } from '../text/text';
import { Button } from './parts';

export interface ScaleProps {
  label: string;
  minimum: number;
  /** Absent: no bound, as counts. */
  maximum: number | undefined;
  whole: boolean;
  value: number | undefined;
  onChange: (value: number) => void;
  /** Words for a 0-10 scale; absent where none fit. */
  words?: readonly string[] | undefined;
}

const fewest = 12;

export function Scale(props: ScaleProps) {
  const { minimum, maximum } = props;
  if (props.whole && minimum === 0 && maximum === 1) return <YesNo {...props} />;
  if (props.whole && maximum !== undefined && maximum - minimum < fewest) {
    return <Numbers {...props} maximum={maximum} />;
  }
  if (maximum !== undefined && maximum - minimum <= 200) {
    return <Slider {...props} maximum={maximum} />;
  }
  return <Stepper {...props} />;
}

function YesNo(props: ScaleProps) {
  return (
    <div class="segments" role="group" aria-label={props.label}>
      {[0, 1].map((value) => (
        <button
          type="button"
          class="segment"
          key={value}
          aria-pressed={props.value === value}
          onClick={() => props.onChange(value)}
        >
          {value === 1 ? text().yes : text().no}
        </button>
      ))}
    </div>
  );
}

function Numbers(props: ScaleProps & { maximum: number }) {
  const [slid, setSlid] = useState<number>();
  // A finger that lets go means it; arrow keys and screen readers step through values on the way.
  const pointed = useRef(false);
  const take = (value: number) => {
    setSlid(undefined);
    props.onChange(value);
  };
  const levels = Array.from(
    { length: props.maximum - props.minimum + 1 },
    (_, i) => props.minimum + i,
  );
  const shown = slid ?? props.value;
  const words = props.words;
  return (
    <div class="scale" role="group" aria-label={props.label}>
      {words && (
        <>
          <div class="said" aria-hidden="true">
            <span class="muted small">{words[0]}</span>
            {shown !== undefined && (
              <span>
                <b>{shown}</b> {words[shown - props.minimum]}
              </span>
            )}
            <span class="muted small">{words[words.length - 1]}</span>
          </div>
          <input
            type="range"
            min={props.minimum}
            max={props.maximum}
            step={1}
            value={shown ?? props.minimum}
            aria-label={props.label}
            aria-valuetext={
              shown === undefined ? undefined : `${shown}, ${words[shown - props.minimum]}`
            }
            onPointerDown={() => {
              pointed.current = true;
            }}
            onKeyDown={(event) => {
              pointed.current = false;
              if (event.key === 'Enter') take(event.currentTarget.valueAsNumber);
            }}
            onInput={(event) => setSlid(event.currentTarget.valueAsNumber)}
            onChange={(event) => {
              if (pointed.current) take(event.currentTarget.valueAsNumber);
            }}
          />
          {slid !== undefined && !pointed.current && (
            <Button kind="primary" onClick={() => take(slid)}>
              {text().save}
            </Button>
          )}
        </>
      )}
      <div class="numbers">
        {levels.map((level) => (
          <button
            type="button"
            key={level}
            aria-pressed={props.value === level}
            aria-label={words ? `${level}, ${words[level - props.minimum]}` : String(level)}
            onClick={() => take(level)}
          >
            {level}
          </button>
        ))}
      </div>
    </div>
  );
}

function Slider(props: ScaleProps & { maximum: number }) {
  const [slid, setSlid] = useState<number>();
  const shown = slid ?? props.value ?? props.minimum;
  return (
    <div class="scale">
      <div class="said">
        <b>{number(shown)}</b>
        <span class="muted small">{text().day.value(number(shown), number(props.maximum))}</span>
      </div>
      <input
        type="range"
        min={props.minimum}
        max={props.maximum}
        step={props.whole ? 1 : props.maximum - props.minimum > 20 ? 1 : 0.5}
        value={shown}
        aria-label={props.label}
        onInput={(event) => setSlid(event.currentTarget.valueAsNumber)}
      />
      <div class="ends" aria-hidden="true">
        <span>{number(props.minimum)}</span>
        <span>{number(props.maximum)}</span>
      </div>
      <Button kind="primary" onClick={() => props.onChange(shown)}>
        {text().save}
      </Button>
    </div>
  );
}

function Stepper(props: ScaleProps) {
  const [typed, setTyped] = useState<string>();
  const shown = typed ?? String(props.value ?? props.minimum);
  const value = Number(shown.replace(',', '.'));
  const move = (by: number) =>
    setTyped(String(Math.max(props.minimum, (Number.isFinite(value) ? value : 0) + by)));
  return (
    <div class="scale">
      <div class="stepper">
        <button type="button" aria-label={text().day.minus} onClick={() => move(-1)}>
          −
        </button>
        <input
          inputMode={props.whole ? 'numeric' : 'decimal'}
          aria-label={props.label}
          value={shown}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        <button type="button" aria-label={text().day.plus} onClick={() => move(1)}>
          +
        </button>
      </div>
      <Button
        kind="primary"
        onClick={() => {
          if (shown.trim() !== '' && Number.isFinite(value)) props.onChange(value);
        }}
      >
        {text().save}
      </Button>
    </div>
  );
}
