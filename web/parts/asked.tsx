/** What is said while nothing is known yet, when nothing could be read, and when what is known is old. */
import type { ComponentChildren } from 'preact';
import type { Asked } from '../poll.ts';
import { ago } from '../words.ts';
import type { Refusal } from '../api.ts';

interface ShownProps<T> {
  asked: Asked<T>;
  what: string;
  children: (data: T) => ComponentChildren;
}

export function Shown<T>({ asked, what, children }: ShownProps<T>) {
  const { data, problem, atMs, isChanging, again } = asked;
  if (data === undefined) {
    return problem ? <Problem problem={problem} what={what} again={again} /> : <Loading what={what} />;
  }
  return (
    <div class={isChanging || problem ? 'stale' : undefined} aria-busy={isChanging}>
      {problem && (
        <p class="notice warning" role="status">
          <b>Old:</b> {what} as of {ago(atMs, Date.now())}. {problem.message} It is tried again by itself.
        </p>
      )}
      {children(data)}
    </div>
  );
}

export function Loading({ what }: { what: string }) {
  return (
    <p class="loading" role="status">
      Reading {what}…
    </p>
  );
}

export function Problem({ problem, what, again }: { problem: Refusal; what: string; again?: () => void }) {
  return (
    <div class="notice critical" role="alert">
      <p>
        <b>Cannot show {what}.</b> {problem.message}
      </p>
      {again && (
        <button type="button" onClick={again}>
          Try again
        </button>
      )}
    </div>
  );
}

/** Nothing is a fact, too: why there is nothing, and what would make something. */
export function Empty({ children }: { children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}
