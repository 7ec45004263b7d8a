import { Copy } from '../parts/copy.tsx';
import { Dialog } from '../parts/dialog.tsx';
import type { IssuedKey } from '../types.ts';

/** The only time that anybody sees it: the router keeps its hash. */
export function SecretOnce({ issued: { name, secret }, onClose }: { issued: IssuedKey; onClose: () => void }) {
  return (
    <Dialog title={`The secret of ${name}`} onClose={onClose}>
      <p>Copy it now. It is shown this once and kept nowhere.</p>
      <code class="secret">{secret}</code>
      <div class="buttons">
        <Copy text={secret} label="Copy the secret" />
        <button type="button" onClick={onClose}>
          I have it
        </button>
      </div>
    </Dialog>
  );
}
