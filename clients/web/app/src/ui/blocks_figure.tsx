// The engine's means of the blocks, drawn with the app's own colours: the pages for the doctor are
// white, and light hurts. Filled and hollow, never colour alone, tell the arms apart.
import { Arm, type TrialSummary } from '@solotrial/client';
import { text } from '../text/rest';
import { number } from '../text/text';

const width = 320;
const height = 190;
const edge = { left: 34, right: 8, top: 10, bottom: 30 };

export function BlocksFigure(props: { summary: TrialSummary }) {
  const tx = text().result;
  const { result, blockMeans } = props.summary;
  const arms = new Map(result?.blocks.map((block) => [block.number, block.arm]));
  const ends = blockMeans.flatMap((one) =>
    [one.q025 ?? one.mean, one.q975 ?? one.mean].filter((value) => value !== undefined),
  );
  if (ends.length === 0) return null;
  let low = Math.min(...ends);
  let high = Math.max(...ends);
  const room = (high - low || 1) * 0.08;
  low -= room;
  high += room;
  const x = (index: number) =>
    edge.left + ((index + 0.5) * (width - edge.left - edge.right)) / blockMeans.length;
  const y = (value: number) =>
    edge.top + ((high - value) * (height - edge.top - edge.bottom)) / (high - low);
  const ticks = [low + room, (low + high) / 2, high - room];
  const said = blockMeans
    .filter((one) => one.mean !== undefined)
    .map(
      (one) =>
        `${text().progress.block(one.number)}, ${arms.get(one.number) === Arm.ON ? tx.with : tx.without}: ${number(one.mean ?? 0)}`,
    )
    .join('; ');
  return (
    <figure class="stack tight">
      <svg
        class="figure"
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={said}
        direction="ltr"
      >
        {ticks.map((tick) => (
          <g key={tick}>
            <line class="grid" x1={edge.left} x2={width - edge.right} y1={y(tick)} y2={y(tick)} />
            <text class="tick" x={edge.left - 5} y={y(tick) + 4} text-anchor="end">
              {number(tick)}
            </text>
          </g>
        ))}
        {blockMeans.map((one, index) => {
          if (one.mean === undefined) return null;
          const on = arms.get(one.number) === Arm.ON;
          return (
            <g key={one.number} class={on ? 'on' : 'off'}>
              {one.q025 !== undefined && one.q975 !== undefined && (
                <line class="range" x1={x(index)} x2={x(index)} y1={y(one.q025)} y2={y(one.q975)} />
              )}
              <circle cx={x(index)} cy={y(one.mean)} r={on ? 6.5 : 5.5} />
              <text class="tick" x={x(index)} y={height - 10} text-anchor="middle">
                {one.number}
              </text>
            </g>
          );
        })}
      </svg>
      <figcaption class="row wrap small key">
        <span>
          <svg class="sample on" viewBox="0 0 16 16" aria-hidden="true">
            <circle cx="8" cy="8" r="6" />
          </svg>
          {tx.with}
        </span>
        <span>
          <svg class="sample off" viewBox="0 0 16 16" aria-hidden="true">
            <circle cx="8" cy="8" r="6" />
          </svg>
          {tx.without}
        </span>
      </figcaption>
    </figure>
  );
}
