/** Stacked bars over time: from zero, with units, a word for each bar, and the table they are made of behind them. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { scaleOf } from './scale.ts';
import { Table } from './table.tsx';

export interface Series {
  name: string;
  /** One a bucket. */
  values: readonly number[];
}

interface ChartProps {
  title: string;
  /** What the axis counts. */
  unit: string;
  times: readonly number[];
  series: readonly Series[];
  format: (value: number) => string;
  formatTime: (at: number) => string;
}

/** Until it is measured. */
const FIRST_WIDTH = 720;
const HEIGHT = 190;
const LEFT = 58;
const BOTTOM = 22;
const TOP = 8;

export function Chart(props: ChartProps) {
  const { title, unit, times, series, format, formatTime } = props;
  const [at, setAt] = useState<number>();
  const { plot, width } = useWidth();
  const totals = times.map((_, index) => series.reduce((sum, { values }) => sum + (values[index] ?? 0), 0));
  const step = (width - LEFT) / Math.max(1, times.length);
  const said = (index: number) => `${formatTime(times[index] ?? 0)}: ${format(totals[index] ?? 0)} ${unit}`;
  const last = times.length - 1;
  const shown = at ?? last;
  return (
    <figure class="chart">
      <figcaption>
        <b>{title}</b> <span class="unit">{unit}</span>
        {series.length > 1 && <Legend series={series} />}
      </figcaption>
      <div
        class="plot"
        ref={plot}
        role="slider"
        tabIndex={0}
        aria-label={`${title}; arrow keys read bar by bar`}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, last)}
        aria-valuenow={Math.max(0, shown)}
        aria-valuetext={last < 0 ? 'no data' : said(shown)}
        onKeyDown={(event) => {
          const next = { ArrowLeft: shown - 1, ArrowRight: shown + 1, Home: 0, End: last }[event.key];
          if (next === undefined) return;
          event.preventDefault();
          setAt(Math.min(last, Math.max(0, next)));
        }}
        onBlur={() => setAt(undefined)}
        onPointerLeave={() => setAt(undefined)}
        onPointerMove={(event) => {
          const x = event.clientX - event.currentTarget.getBoundingClientRect().left - LEFT;
          setAt(x < 0 || times.length === 0 ? undefined : Math.min(last, Math.floor(x / step)));
        }}
      >
        <Bars {...props} {...{ totals, width, step, at }} />
        {at !== undefined && times[at] !== undefined && (
          <Tooltip {...props} at={at} said={said(at)} share={(LEFT + (at + 0.5) * step) / width} />
        )}
      </div>
      <Behind {...props} totals={totals} />
    </figure>
  );
}

interface BarsProps extends ChartProps {
  totals: readonly number[];
  width: number;
  step: number;
  at: number | undefined;
}

function Bars({ times, series, format, formatTime, totals, width, step, at }: BarsProps) {
  const scale = scaleOf(Math.max(0, ...totals));
  const yOf = (value: number) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / scale.max);
  return (
    <svg width={width} height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`} aria-hidden="true" focusable="false">
      {scale.ticks.map((tick) => (
        <g key={tick} class={tick === 0 ? 'zero' : 'tick'}>
          <line x1={LEFT} x2={width} y1={yOf(tick)} y2={yOf(tick)} />
          <text x={LEFT - 8} y={yOf(tick) + 4} text-anchor="end">
            {format(tick)}
          </text>
        </g>
      ))}
      {times.map((time, index) => (
        <Bar key={time} values={series.map(({ values }) => values[index] ?? 0)} {...{ index, step, yOf, at }} />
      ))}
      {labelled(times.length, width).map((index) => (
        <text key={index} class="time" x={LEFT + (index + 0.5) * step} y={HEIGHT - 6} text-anchor="middle">
          {formatTime(times[index] ?? 0)}
        </text>
      ))}
    </svg>
  );
}

interface TooltipProps extends ChartProps {
  at: number;
  said: string;
  /** Where it stands, from the left. */
  share: number;
}

function Tooltip({ series, format, at, said, share }: TooltipProps) {
  const place = share < 0.5 ? { left: `${share * 100}%` } : { right: `${(1 - share) * 100}%` };
  return (
    <div class="tooltip" style={place}>
      <b>{said}</b>
      {series.length > 1 &&
        series.map(({ name, values }, index) =>
          values[at] ? (
            <span key={name}>
              <i class={`swatch s${index % 8}`} /> {name}: {format(values[at])}
            </span>
          ) : undefined,
        )}
    </div>
  );
}

/** The numbers that the bars are made of, the newest first. */
function Behind({ title, unit, times, series, format, formatTime, totals }: ChartProps & Pick<BarsProps, 'totals'>) {
  const column = (name: string, values: readonly number[]) => ({
    name,
    isNumber: true,
    cell: ({ index }: Point) => format(values[index] ?? 0),
  });
  return (
    <details>
      <summary>Table: {title}</summary>
      <Table
        caption={`${title}, ${unit}`}
        isCaptionHidden
        rows={times.map((time, index) => ({ time, index })).toReversed()}
        keyOf={({ time }) => String(time)}
        columns={[
          { name: 'Time', cell: ({ time }) => formatTime(time) },
          ...(series.length > 1 ? [column('All', totals)] : []),
          ...series.map(({ name, values }) => column(name, values)),
        ]}
      />
    </details>
  );
}

interface Point {
  time: number;
  index: number;
}

interface BarProps {
  values: readonly number[];
  index: number;
  step: number;
  yOf: (value: number) => number;
  at: number | undefined;
}

function Bar({ values, index, step, yOf, at }: BarProps) {
  const gap = Math.min(3, step * 0.2);
  let below = 0;
  return (
    <g class={at === index ? 'at' : undefined}>
      {at === index && (
        <rect class="cursor" x={LEFT + index * step} y={TOP} width={step} height={HEIGHT - TOP - BOTTOM} />
      )}
      {values.map((value, line) => {
        const from = below;
        below += value;
        if (value <= 0) return undefined;
        const height = Math.max(1, yOf(from) - yOf(below)); // Little is not nothing.
        return (
          <rect
            key={line}
            class={`s${line % 8}`}
            x={LEFT + index * step + gap / 2}
            y={yOf(from) - height}
            width={Math.max(1, step - gap)}
            height={height}
          />
        );
      })}
    </g>
  );
}

function Legend({ series }: { series: readonly Series[] }) {
  return (
    <span class="legend">
      {series.map(({ name }, index) => (
        <span key={name}>
          <i class={`swatch s${index % 8}`} /> {name}
        </span>
      ))}
    </span>
  );
}

/** In pixels, so that letters have the size of letters. */
function useWidth() {
  const plot = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(FIRST_WIDTH);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => entry && setWidth(Math.max(240, entry.contentRect.width)));
    if (plot.current) observer.observe(plot.current);
    return () => observer.disconnect();
  }, []);
  return { plot, width };
}

const LABEL_WIDTH = 90;

/** As many as fit beside each other. */
function labelled(amount: number, width: number): number[] {
  const every = Math.max(1, Math.ceil((amount * LABEL_WIDTH) / width));
  return Array.from({ length: amount }, (_, index) => index).filter((index) => index % every === Math.floor(every / 2));
}
