import { Icon } from './icon';

/** Whole tenths of shares that add up to ten: those that lose most by rounding down come first. */
export function inTen(shares: readonly number[]): number[] {
  const scaled = shares.map((share) => share * 10);
  const tenths = scaled.map(Math.floor);
  let left = 10 - tenths.reduce((sum, one) => sum + one, 0);
  const order = scaled
    .map((share, index) => ({ index, rest: share - Math.floor(share) }))
    .sort((a, b) => b.rest - a.rest);
  for (const { index } of order) {
    if (left <= 0) break;
    tenths[index] = (tenths[index] ?? 0) + 1;
    left -= 1;
  }
  return tenths;
}

/** Ten trials: those that find out, those that stay open, those that are wrong. */
export function Dots(props: { right: number; open: number; wrong: number }) {
  const kinds = [
    ...Array.from({ length: props.right }, () => 'yes'),
    ...Array.from({ length: props.open }, () => 'open'),
    ...Array.from({ length: props.wrong }, () => 'no'),
  ];
  return (
    <div class="dots" aria-hidden="true">
      {kinds.map((kind, index) => (
        <span class={kind} key={index}>
          <Icon name={kind === 'no' ? 'close' : 'dot'} class={kind} />
        </span>
      ))}
    </div>
  );
}
