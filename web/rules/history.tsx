import { useEffect, useRef, useState } from 'preact/hooks';
import { ask } from '../api.ts';
import { Empty, Shown } from '../parts/asked.tsx';
import { Table } from '../parts/table.tsx';
import { usePoll } from '../poll.ts';
import type { RulesText, RulesVersion, RulesVersions } from '../types.ts';
import { when } from '../words.ts';
import { Apply } from './apply.tsx';

interface HistoryProps {
  /** What is in force. */
  document: RulesText;
  onApplied: () => void;
}

export function History({ document, onApplied }: HistoryProps) {
  const asked = usePoll<RulesVersions>('/admin/v1/rules/versions', { everyMs: 30_000, liveMs: 1_000, on: ['rules'] });
  const seen = useRef(document.etag);
  useEffect(() => {
    if (seen.current !== document.etag) asked.again();
    seen.current = document.etag;
  }, [document.etag]);
  return (
    <section class="card" aria-labelledby="history">
      <h2 id="history">History</h2>
      <Shown asked={asked} what="the history">
        {({ data }) =>
          data.length === 0 ? (
            <Empty>Nothing was changed from here yet. The last 50 versions are kept, beside the file.</Empty>
          ) : (
            <Versions versions={data} document={document} onApplied={onApplied} />
          )
        }
      </Shown>
    </section>
  );
}

function Versions({ versions, document, onApplied }: HistoryProps & { versions: RulesVersions['data'] }) {
  const [opened, setOpened] = useState<RulesVersion>();
  const [problem, setProblem] = useState('');
  const open = async (version: number) => {
    try {
      setOpened(await ask<RulesVersion>(`/admin/v1/rules/versions/${version}`));
      setProblem('');
    } catch (cause) {
      setProblem(cause instanceof Error ? cause.message : String(cause));
    }
  };
  return (
    <>
      <Table
        caption="What the rules were, the newest first"
        isCaptionHidden
        rows={versions}
        keyOf={({ version }) => String(version)}
        columns={[
          { name: 'Version', cell: ({ version }) => version },
          { name: 'When', cell: ({ at }) => when(at) },
          { name: 'Who', cell: ({ by }) => by || '–' },
          { name: 'Why', cell: ({ why }) => why || '–' },
          {
            name: 'Go back',
            cell: ({ version }) => (
              <button type="button" onClick={() => void open(version)}>
                See version {version}…
              </button>
            ),
          },
        ]}
      />
      {problem && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      {opened && (
        <Apply
          title={`Back to version ${opened.version}`}
          button="Put them back"
          before={document.text}
          after={opened.text}
          send={(who) =>
            ask(`/admin/v1/rules/versions/${opened.version}/restore`, {
              method: 'POST',
              body: { ...who, etag: document.etag },
            })
          }
          onClose={() => setOpened(undefined)}
          onApplied={() => {
            setOpened(undefined);
            onApplied();
          }}
        />
      )}
    </>
  );
}
