import { useState } from 'preact/hooks';
import { ask, Refusal } from './api.ts';
import { Field } from './parts/field.tsx';
import { begin } from './session.ts';

/** The token is tried before it is kept. */
export function SignIn({ ended }: { ended: string | undefined }) {
  const [token, setToken] = useState('');
  const [problem, setProblem] = useState(ended);
  const [isTrying, setTrying] = useState(false);
  const tryIt = async () => {
    setTrying(true);
    try {
      await ask('/admin/v1/health', { token: token.trim() });
      begin(token.trim());
    } catch (cause) {
      setProblem(cause instanceof Refusal ? cause.message : String(cause));
      setTrying(false);
    }
  };
  return (
    <main class="sign-in">
      <h1>
        <img src="/admin/page/icon.svg" alt="" width="32" height="32" /> Signalbox
      </h1>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void tryIt();
        }}
      >
        <Field
          label="Admin token"
          type="password"
          value={token}
          onValue={setToken}
          isRequired
          hint="admin.token of the configuration; without one it stands in the server's first lines of output. It stays in this tab."
        />
        {problem && (
          <p class="notice critical" role="alert">
            {problem}
          </p>
        )}
        <button type="submit" class="primary" disabled={isTrying}>
          {isTrying ? 'Trying…' : 'Open'}
        </button>
      </form>
    </main>
  );
}
