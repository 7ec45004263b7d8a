/** Wrangler bundles `*.yaml` as text (wrangler.toml). */
declare module '*.yaml' {
  const text: string;
  export default text;
}
