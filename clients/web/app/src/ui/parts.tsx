// The parts that every screen is made of.
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { Icon, type IconName } from './icon';

export function Button(props: {
  children: ComponentChildren;
  onClick?: () => void;
  href?: string;
  kind?: 'primary' | 'plain' | 'quiet' | 'danger';
  compact?: boolean;
  /** Something is under way: tapping again does nothing. */
  busy?: boolean;
  icon?: IconName;
  submit?: boolean;
  label?: string;
  download?: string;
}) {
  const look = `button ${props.kind ?? 'plain'}${props.compact ? ' compact' : ''}`;
  const inside = (
    <>
      {props.icon && <Icon name={props.icon} />}
      <span>{props.children}</span>
    </>
  );
  if (props.href !== undefined) {
    return (
      <a class={look} href={props.href} aria-label={props.label} download={props.download}>
        {inside}
      </a>
    );
  }
  return (
    <button
      type={props.submit ? 'submit' : 'button'}
      class={look}
      aria-disabled={props.busy ? 'true' : undefined}
      aria-label={props.label}
      onClick={(event) => {
        if (props.busy) event.preventDefault();
        else props.onClick?.();
      }}
    >
      {inside}
    </button>
  );
}

export function Card(props: { children: ComponentChildren; class?: string }) {
  return <div class={`card ${props.class ?? ''}`}>{props.children}</div>;
}

/** Something to know; `bad` and `warn` are read out at once. */
export function Banner(props: {
  kind?: 'info' | 'good' | 'warn' | 'bad';
  children: ComponentChildren;
}) {
  const kind = props.kind ?? 'info';
  const icon = kind === 'good' ? 'check' : kind === 'info' ? 'info' : 'warn';
  return (
    <div class={`banner ${kind}`} role={kind === 'bad' ? 'alert' : 'status'}>
      <Icon name={icon} />
      <div class="stack tight">{props.children}</div>
    </div>
  );
}

export function List(props: { children: ComponentChildren; label?: string }) {
  return (
    <ul class="list" aria-label={props.label}>
      {props.children}
    </ul>
  );
}

/** A row of a list: leads somewhere, does something, or only says something. */
export function Line(props: {
  title: ComponentChildren;
  sub?: ComponentChildren;
  value?: ComponentChildren;
  icon?: IconName;
  good?: boolean;
  current?: boolean;
  href?: string;
  onClick?: () => void;
}) {
  const inside = (
    <>
      {props.icon && <Icon name={props.icon} class={props.good ? 'good' : ''} />}
      <span class="words">
        <span>{props.title}</span>
        {props.sub && <span class="small muted">{props.sub}</span>}
      </span>
      {props.value !== undefined && <span class="value">{props.value}</span>}
      {(props.href ?? props.onClick) && !props.value && !props.good && <Icon name="next" />}
    </>
  );
  const current = props.current ? 'true' : undefined;
  return (
    <li>
      {props.href ? (
        <a class="line" href={props.href} aria-current={current}>
          {inside}
        </a>
      ) : props.onClick ? (
        <button type="button" class="line" onClick={props.onClick} aria-current={current}>
          {inside}
        </button>
      ) : (
        <div class="line">{inside}</div>
      )}
    </li>
  );
}

/** One of several, as rows that say what they mean. */
export function Choices<T extends string>(props: {
  legend: string;
  showLegend?: boolean;
  options: { value: T; title: string; sub?: string }[];
  value: T | undefined;
  onChange: (value: T) => void;
}) {
  const name = useId();
  return (
    <fieldset class="choices">
      <legend class={props.showLegend ? 'strong' : 'hidden'}>{props.legend}</legend>
      {props.options.map((option) => (
        <label class="choice" key={option.value}>
          <input
            type="radio"
            name={name}
            checked={props.value === option.value}
            onChange={() => props.onChange(option.value)}
          />
          <span class="words">
            <span>{option.title}</span>
            {option.sub && (
              <>
                <br />
                <span class="small muted">{option.sub}</span>
              </>
            )}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/** One of a few, side by side. */
export function Segments<T extends string>(props: {
  legend: ComponentChildren;
  options: { value: T; title: string }[];
  value: T | undefined;
  onChange: (value: T) => void;
}) {
  const name = useId();
  return (
    <fieldset class="stack tight">
      <legend>{props.legend}</legend>
      <div class="segments">
        {props.options.map((option) => (
          <label class="segment" key={option.value}>
            <input
              type="radio"
              name={name}
              checked={props.value === option.value}
              onChange={() => props.onChange(option.value)}
            />
            {option.title}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** A labelled input with what is wrong right below it. */
export function Field(props: {
  label: string;
  hint?: string | undefined;
  fault?: string | undefined;
  value: string;
  onInput: (value: string) => void;
  type?: 'text' | 'time' | 'date' | 'number' | 'password';
  inputMode?: 'numeric' | 'decimal' | 'text';
  multiline?: boolean;
  code?: boolean;
  maxLength?: number;
  autocomplete?: string;
  unit?: string;
}) {
  const id = useId();
  const shared = {
    id,
    value: props.value,
    maxLength: props.maxLength,
    'aria-invalid': props.fault ? ('true' as const) : undefined,
    'aria-describedby': `${id}-more`,
    autocomplete: props.autocomplete ?? 'off',
    class: props.code ? 'code' : '',
    autocapitalize: props.code ? ('characters' as const) : undefined,
    spellcheck: props.code ? false : undefined,
  };
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      {props.multiline ? (
        <textarea
          {...shared}
          onInput={(event) => {
            props.onInput(event.currentTarget.value);
          }}
        />
      ) : (
        <div class="row">
          <input
            {...shared}
            type={(props.type ?? 'text') as 'text'}
            inputMode={props.inputMode}
            onInput={(event) => {
              props.onInput(event.currentTarget.value);
            }}
          />
          {props.unit && <span class="muted">{props.unit}</span>}
        </div>
      )}
      <div id={`${id}-more`}>
        {props.fault && <p class="fault">{props.fault}</p>}
        {props.hint && !props.fault && <p class="small muted">{props.hint}</p>}
      </div>
    </div>
  );
}

export function Select<T extends string>(props: {
  label: string;
  options: { value: T; title: string }[];
  value: T;
  onChange: (value: T) => void;
}) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <select
        id={id}
        value={props.value}
        onChange={(event) => props.onChange(event.currentTarget.value as T)}
      >
        {props.options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.title}
          </option>
        ))}
      </select>
    </div>
  );
}

/** A tick, with the sentence that is agreed to. */
export function Tick(props: {
  children: ComponentChildren;
  checked: boolean;
  onChange: (checked: boolean) => void;
}) {
  return (
    <label class="choice">
      <input
        type="checkbox"
        checked={props.checked}
        onChange={(event) => props.onChange(event.currentTarget.checked)}
      />
      <span class="words">{props.children}</span>
    </label>
  );
}
