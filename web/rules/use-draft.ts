/** A text that is being written, the one that it began with, and what is known of both. */
import { useEffect, useState } from 'preact/hooks';
import { ask, Refusal } from '../api.ts';
import type { RulesText, RulesTrial } from '../types.ts';
import { useCheck } from './use-check.ts';

export type Draft = ReturnType<typeof useDraft>;

/** `document` is what is in force, as far as is known. */
export function useDraft(document: RulesText) {
  const [begun, setBegun] = useState(document);
  const [text, setText] = useState(document.text);
  const [tried, setTried] = useState<{ text: string; trial: RulesTrial['trial'] }>();
  const [problem, setProblem] = useState('');
  const isChanged = text !== begun.text;
  const isOvertaken = document.etag !== begun.etag;
  const isReadOnly = document.readOnly !== null;
  const begin = (from: RulesText) => {
    setBegun(from);
    setText(from.text);
    setTried(undefined);
  };
  useEffect(() => {
    if (isOvertaken && !isChanged) begin(document);
  }, [document.etag, isChanged]);
  const mistakes = useCheck(isReadOnly ? undefined : text);
  return {
    begun,
    text,
    tried: tried && { trial: tried.trial, isOld: tried.text !== text },
    problem,
    isChanged,
    isOvertaken,
    isReadOnly,
    mistakes: isReadOnly ? [] : mistakes,
    mayBeTried: mistakes?.length === 0,
    write: setText,
    begin,
    /** Goes on with the text, over what is in force now. */
    keep: () => setBegun(document),
    async tryIt() {
      setProblem('');
      try {
        const { trial } = await ask<RulesTrial>('/admin/v1/rules/trial', { method: 'POST', body: { text } });
        setTried({ text, trial });
      } catch (cause) {
        setProblem(cause instanceof Refusal ? cause.message : String(cause));
      }
    },
  };
}
