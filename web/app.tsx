/** The frame: who is in, where one is, and what every view has around it. */
import type { ComponentType } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { type Address, hashOf, useAddress } from './address.ts';
import { Keys } from './keys/keys.tsx';
import { Line } from './line/line.tsx';
import { Money } from './money/money.tsx';
import { Playground } from './playground/playground.tsx';
import { type Asked, usePoll } from './poll.ts';
import { Requests } from './requests/requests.tsx';
import { RulesView } from './rules/rules.tsx';
import { end, useSession } from './session.ts';
import { SignIn } from './sign-in.tsx';
import { applyTheme, chosenTheme, THEMES } from './theme.ts';
import type { Health } from './types.ts';

export interface ViewProps {
  address: Address;
  health: Asked<Health>;
}

interface View {
  name: string;
  label: string;
  show: ComponentType<ViewProps>;
}

const VIEWS: readonly View[] = [
  { name: 'line', label: 'Line', show: Line },
  { name: 'requests', label: 'Requests', show: Requests },
  { name: 'money', label: 'Money', show: Money },
  { name: 'playground', label: 'Playground', show: Playground },
  { name: 'keys', label: 'Keys', show: Keys },
  { name: 'rules', label: 'Rules', show: RulesView },
];

export function App() {
  const { token, ended } = useSession();
  return token === undefined ? <SignIn ended={ended} /> : <Inside />;
}

function Inside() {
  const address = useAddress();
  const health = usePoll<Health>('/admin/v1/health', { everyMs: 5_000, liveMs: 1_000, on: ['state', 'keys'] });
  const view = VIEWS.find(({ name }) => name === address.view);
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  useEffect(() => {
    document.title = `${view?.label ?? 'Not here'} · Signalbox`;
    if (!isFirst.current) main.current?.focus(); // Who reads by ear hears where they are.
    isFirst.current = false;
    scrollTo(0, 0);
  }, [view]);
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => skip(event, main.current)}>
        To the content
      </a>
      <header class="frame">
        <a class="brand" href={hashOf({ view: 'line' })}>
          <img src="/admin/page/icon.svg" alt="" width="20" height="20" /> Signalbox
        </a>
        {health.data?.practice && <span class="chip practice">Practice providers: nothing is billed</span>}
        <nav aria-label="Views">
          {VIEWS.map(({ name, label }) => (
            <a key={name} href={hashOf({ view: name })} aria-current={name === address.view ? 'page' : undefined}>
              {label}
            </a>
          ))}
        </nav>
        <ThemeSwitch />
        <button type="button" onClick={() => end()}>
          Sign out
        </button>
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        {view ? <view.show address={address} health={health} /> : <NotHere />}
      </main>
    </>
  );
}

function skip(event: Event, to: HTMLElement | null): void {
  event.preventDefault(); // The address behind `#` says the view.
  to?.focus();
}

function NotHere() {
  return (
    <>
      <h1>Nothing is here</h1>
      <p>
        This address is no view. <a href={hashOf({ view: 'line' })}>See the line</a>
      </p>
    </>
  );
}

function ThemeSwitch() {
  const [theme, setTheme] = useState(chosenTheme);
  return (
    <label class="theme">
      <span class="for-ears">Colours</span>
      <select
        value={theme}
        onChange={({ currentTarget }) => {
          const chosen = THEMES.find((each) => each === currentTarget.value) ?? 'auto';
          applyTheme(chosen);
          setTheme(chosen);
        }}
      >
        {THEMES.map((each) => (
          <option key={each} value={each}>
            {each === 'auto' ? 'Auto' : each === 'light' ? 'Light' : 'Dark'}
          </option>
        ))}
      </select>
    </label>
  );
}
