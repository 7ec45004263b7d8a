/** The SDK's types as they are in JSON: a blob is a base64 string there. */
export type Wire<T> = T extends Uint8Array
  ? string
  : T extends (infer Item)[]
    ? Wire<Item>[]
    : T extends object
      ? { [Key in keyof T]: Wire<T[Key]> }
      : T;
