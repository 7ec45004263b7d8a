/** A share of something, from nothing to all, with its words: colour alone says nothing. */
interface MeterProps {
  /** 0 to 1; more is shown as full. */
  share: number;
  label: string;
  /** A full one is bad (spent), or good (room). */
  isFullBad?: boolean;
}

export function Meter({ share, label, isFullBad = false }: MeterProps) {
  const shown = Math.min(1, Math.max(0, share));
  const danger = isFullBad ? shown : 1 - shown;
  const level = danger >= 0.95 ? 'critical' : danger >= 0.8 ? 'warning' : 'good';
  return (
    <span class={`meter ${level}`} role="img" aria-label={label} title={label}>
      <span style={{ width: `${shown * 100}%` }} />
    </span>
  );
}
