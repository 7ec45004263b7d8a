const MODELS = [
  'gpt-6.2-astra',
  'gpt-6.2-sol',
  'gpt-6.1-sol',
  'gpt-6.1-terra',
  'gpt-6-luna',
  'gpt-5.6-luna',
  'gpt-4.1',
  'gpt-4.1-mini',
];
const CREATED_SECONDS = 1_767_225_600;

/** `GET /v1/models`. More names are answered than are listed. */
export function listModels() {
  return {
    object: 'list',
    data: MODELS.map((id) => ({ id, object: 'model', created: CREATED_SECONDS, owned_by: 'signalbox-practice' })),
  };
}
