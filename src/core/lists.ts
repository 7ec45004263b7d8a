/**
 * `list.map(make)`, for what every request goes through. V8's optimizing compiler makes another kind of array of `map`
 * than everything before it did ("holey", for all that nothing is missing), so the moment a `map` is compiled, whoever
 * was compiled for its lists is thrown away and compiled once more: here half of the way from `gateway/` to the
 * provider, 100 ms of it (`--trace-deopt`: "wrong map", Node 24.21). A list that is pushed to keeps its kind.
 */
export function mapped<T, U>(list: readonly T[], make: (item: T, index: number) => U): U[] {
  const made: U[] = [];
  for (const item of list) made.push(make(item, made.length));
  return made;
}
