import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { text } from '../text/text';
import { Icon } from './icon';

let first = true;

/** One screen. Its title takes the focus when the screen changes, so that it is read out. */
export function Screen(props: {
  title: string;
  sub?: ComponentChildren;
  /** Where the arrow leads: an address, or what to do. */
  back?: string | (() => void) | undefined;
  side?: ComponentChildren;
  children: ComponentChildren;
  foot?: ComponentChildren;
  /** The foot stays in sight: where there is no bar below it. */
  stick?: boolean;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${props.title} · solotrial`;
    if (!first) {
      scrollTo(0, 0);
      heading.current?.focus({ preventScroll: true });
    }
    first = false;
  }, [props.title]);
  const arrow = <Icon name="back" />;
  return (
    <main class="screen">
      <header class="head">
        {typeof props.back === 'string' && (
          <a class="icon-button" href={props.back} aria-label={text().back}>
            {arrow}
          </a>
        )}
        {typeof props.back === 'function' && (
          <button type="button" class="icon-button" aria-label={text().back} onClick={props.back}>
            {arrow}
          </button>
        )}
        <div class="words">
          <h1 ref={heading} tabIndex={-1}>
            {props.title}
          </h1>
        </div>
        {props.side}
        {props.sub && <div class="sub small muted">{props.sub}</div>}
      </header>
      {props.children}
      {props.foot && <div class={`foot stack${props.stick ? ' stick' : ''}`}>{props.foot}</div>}
    </main>
  );
}
