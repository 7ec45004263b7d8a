import { useState } from 'preact/hooks';
import { Choice } from '../parts/field.tsx';
import { Copy } from '../parts/copy.tsx';
import { codeOf, type Language, LANGUAGES } from './code.ts';
import { bodyOf, type Draft, headersOf } from './request.ts';

/** The request as code. It reads the key from the environment. */
export function TakeAlong({ draft, address }: { draft: Draft; address: string }) {
  const [language, setLanguage] = useState<Language>('curl');
  const code = written(draft, address, language);
  return (
    <section class="card" aria-labelledby="code">
      <div class="head">
        <h2 id="code">The same as code</h2>
        <Choice
          label="For"
          value={language}
          onValue={setLanguage}
          options={LANGUAGES.map((value) => ({ value, label: value }))}
        />
        <Copy text={code} label="Copy the code" />
      </div>
      <pre tabIndex={0}>{code}</pre>
    </section>
  );
}

function written(draft: Draft, address: string, language: Language): string {
  try {
    const body = bodyOf({ ...draft, image: draft.image && 'data:…' }, draft.model);
    return codeOf[language]({ address, body, headers: headersOf(draft) });
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause);
  }
}
